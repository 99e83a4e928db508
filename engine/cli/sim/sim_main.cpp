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

namespace {

/// Colours are understood, and wanted.
mesh::Color color_of(int descriptor) {
  const char* kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): no thread sets it
  const bool understood = isatty(descriptor) != 0 && (kind == nullptr || std::string_view(kind) != "dumb");
  return understood && std::getenv("NO_COLOR") == nullptr ? mesh::Color::on : mesh::Color::off;  // NOLINT
}

}  // namespace

int main(int argc, char** argv) {
  mesh::hold_standard_descriptors();
  std::ios::sync_with_stdio(false);
  mesh::DescriptorBuffer written(STDOUT_FILENO);
  std::ostream out(&written);
  // What was printed before a message is written before it.
  std::cerr.tie(&out);
  mesh::Signals signals;
  mesh::SystemClock clock;
  mesh::cli::SimEnv env{.program = argc > 0 && std::string_view(argv[0]) == "mesh sim" ? "mesh sim" : "mesh-sim",
                        .out = out,
                        .err = std::cerr,
                        .err_color = color_of(STDERR_FILENO),
                        .clock = clock,
                        .stop = signals.token()};
  const int code = mesh::cli::run_sim(std::vector<std::string>(argv + std::min(argc, 1), argv + argc), env);
  out.flush();
  std::cerr.tie(nullptr);
  if (written.error() == 0) return code;
  std::cerr << mesh::lost_output(written.error());
  return mesh::cli::sim_failed;
}
