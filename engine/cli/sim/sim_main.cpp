#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cli/sim/sim_run.h"
#include "engine/jobs/descriptor_buffer.h"
#include "engine/jobs/signals.h"
#include "engine/jobs/system_clock.h"

int main(int argc, char** argv) {
  mesh::hold_standard_descriptors();
  std::ios::sync_with_stdio(false);
  mesh::DescriptorBuffer written(STDOUT_FILENO);
  std::ostream out(&written);
  // What was printed before a message is written before it.
  std::cerr.tie(&out);
  mesh::Signals signals;
  mesh::SystemClock clock;
  const bool colors = mesh::is_terminal(STDERR_FILENO) && std::getenv("NO_COLOR") == nullptr;  // NOLINT
  mesh::cli::SimEnv env{.program = argc > 0 && std::string_view(argv[0]) == "mesh sim" ? "mesh sim" : "mesh-sim",
                        .out = out,
                        .err = std::cerr,
                        .err_color = colors ? mesh::Color::on : mesh::Color::off,
                        .clock = clock,
                        .stop = signals.token()};
  const int code = mesh::cli::run_sim(std::vector<std::string>(argv + std::min(argc, 1), argv + argc), env);
  return mesh::finish_output(written, out, code, mesh::cli::sim_failed);
}
