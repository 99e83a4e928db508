#include <unistd.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "engine/cli/run.h"
#include "engine/cli/signals.h"
#include "engine/cli/system_clock.h"
#include "providers/kubernetes/client_factory.h"

namespace {

std::optional<std::string> ask_terminal() {
  if (isatty(STDIN_FILENO) == 0) return std::nullopt;
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

}  // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  mesh::cli::Signals signals;
  mesh::cli::SystemClock clock;
  mesh::cli::Env env{.out = std::cout,
                     .err = std::cerr,
                     .out_is_terminal = isatty(STDOUT_FILENO) != 0,
                     .err_is_terminal = isatty(STDERR_FILENO) != 0,
                     .clock = clock,
                     .client_factory =
                         [&clock] {
                           return mesh::kubernetes::make_client_factory(
                               clock, {.user_agent = "mesh/" MESH_VERSION,
                                       .environment = mesh::kubernetes::process_environment(),
                                       .terminal = isatty(STDIN_FILENO) != 0});
                         },
                     .ask = ask_terminal,
                     .stop = signals.token()};
  const int code = mesh::cli::run(std::vector<std::string>(argv + 1, argv + argc), env);
  std::cout.flush();
  return std::cout.good() ? code : static_cast<int>(mesh::cli::exit_failed);
}
