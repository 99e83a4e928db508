#pragma once

#include <ostream>
#include <stop_token>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/port/clock.h"
#include "engine/render/style.h"

namespace mesh::cli {

/// What a command of `mesh sim` prints to and waits with.
struct SimEnv {
  /// `mesh sim`, or `mesh-sim` where that was called: for help texts.
  std::string program;
  std::ostream& out;
  std::ostream& err;
  Color err_color = Color::off;
  Clock& clock;
  /// Requested by SIGINT, SIGTERM and SIGHUP.
  std::stop_token stop;
};

/// Exit codes: 0 done, 1 failed, 64 wrong usage.
enum SimExit : int { sim_done = 0, sim_failed = 1, sim_usage = 64 };

/// Prints the diagnostics, and returns 64 when one of them is a wrong usage, else 1.
int sim_fail(const Diagnostics& diagnostics, SimEnv& env);

}  // namespace mesh::cli
