#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cli/descriptor_buffer.h"
#include "engine/cli/run.h"
#include "engine/cli/signals.h"
#include "engine/cli/system_clock.h"
#include "providers/kubernetes/client_factory.h"

namespace {

/// Until stdin has something; false: a stop came first.
bool wait_for_input(const std::stop_token& stop) {
  const int bell = eventfd(0, EFD_CLOEXEC);
  if (bell < 0) return false;
  bool ready = false;
  {
    const std::stop_callback ring(stop, [bell] { eventfd_write(bell, 1); });
    std::array<pollfd, 2> watched = {{{STDIN_FILENO, POLLIN, 0}, {bell, POLLIN, 0}}};
    int found = -1;
    do found = poll(watched.data(), watched.size(), -1);
    while (found < 0 && errno == EINTR);
    ready = found > 0 && watched[1].revents == 0;
  }
  close(bell);
  return ready;
}

std::optional<std::string> ask_terminal(const std::stop_token& stop) {
  if (isatty(STDIN_FILENO) == 0 || !wait_for_input(stop)) return std::nullopt;
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

/// One that understands colours and movements of the cursor.
bool is_terminal(int descriptor) {
  const char* kind = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe): nobody sets it
  return isatty(descriptor) != 0 && (kind == nullptr || std::string_view(kind) != "dumb");
}

}  // namespace

int main(int argc, char** argv) {
  mesh::cli::hold_standard_descriptors();
  std::ios::sync_with_stdio(false);
  mesh::cli::DescriptorBuffer written(STDOUT_FILENO);
  std::ostream out(&written);
  // What was printed before a message comes before it.
  std::cerr.tie(&out);
  mesh::cli::Signals signals;
  mesh::cli::SystemClock clock;
  mesh::cli::Env env{.out = out,
                     .err = std::cerr,
                     .out_is_terminal = is_terminal(STDOUT_FILENO),
                     .err_is_terminal = is_terminal(STDERR_FILENO),
                     .in_is_terminal = isatty(STDIN_FILENO) != 0,
                     .clock = clock,
                     .client_factory =
                         [&clock] {
                           return mesh::kubernetes::make_client_factory(
                               clock, {.user_agent = "mesh/" MESH_VERSION,
                                       .environment = mesh::kubernetes::process_environment(),
                                       .terminal = isatty(STDIN_FILENO) != 0});
                         },
                     .ask = [stop = signals.token()] { return ask_terminal(stop); },
                     .stop = signals.token()};
  const int code = mesh::cli::run(std::vector<std::string>(argv + 1, argv + argc), env);
  out.flush();
  std::cerr.tie(nullptr);
  if (written.error() != 0) std::cerr << mesh::cli::lost_output(written.error());
  const int told = written.error() == 0 ? code : mesh::cli::exit_failed;
#ifdef MESH_SANITIZED
  // Its last word comes with the return.
  return told;
#else
  // All is written; what the command kept, and what libraries would free, the kernel takes back at once.
  std::_Exit(told);
#endif
}
