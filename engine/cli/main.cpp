#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/printable.h"
#include "engine/cli/run.h"
#include "engine/jobs/descriptor_buffer.h"
#include "engine/jobs/files.h"
#include "engine/jobs/no_core_dumps.h"
#include "engine/jobs/signals.h"
#include "engine/jobs/system_clock.h"
#include "engine/workspace/console.h"
#include "providers/kubernetes/client_factory.h"

namespace {

/// Until stdin has something; false: a stop came first.
bool wait_for_input(const std::stop_token& stop) {
  const int waker = eventfd(0, EFD_CLOEXEC);
  if (waker < 0) return false;
  bool ready = false;
  {
    const std::stop_callback wake(stop, [waker] { eventfd_write(waker, 1); });
    std::array<pollfd, 2> watched = {{{STDIN_FILENO, POLLIN, 0}, {waker, POLLIN, 0}}};
    int found = -1;
    do found = poll(watched.data(), watched.size(), -1);
    while (found < 0 && errno == EINTR);
    ready = found > 0 && watched[1].revents == 0;
  }
  close(waker);
  return ready;
}

std::optional<std::string> ask_terminal(const std::stop_token& stop) {
  if (isatty(STDIN_FILENO) == 0 || !wait_for_input(stop)) return std::nullopt;
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  return line;
}

/// What no layer expects (no memory, no threads) ends in a sentence, not in an abort.
int run_guarded(const std::vector<std::string>& words, mesh::Env& env) {
  try {
    return mesh::cli::run(words, env);
  } catch (const std::exception& e) {
    mesh::Console(env.out, env.err, {})
        .print({{.code = mesh::Code::internal,
                 .summary = "mesh could not go on",
                 .cause = e.what(),
                 .hint = "give mesh more memory, threads or descriptors (ulimit -a), then run the command again"}});
    return mesh::exit_failed;
  }
}

}  // namespace

int main(int argc, char** argv) {
  mesh::hold_standard_descriptors();
#ifndef MESH_SANITIZED
  // The leak sanitizer reads the process from outside.
  mesh::forbid_core_dumps();
#endif
  std::ios::sync_with_stdio(false);
  mesh::DescriptorBuffer written(STDOUT_FILENO);
  std::ostream out(&written);
  mesh::DescriptorBuffer said(STDERR_FILENO);
  std::ostream err(&said);
  err << std::unitbuf;
  // What was printed before a message comes before it.
  err.tie(&out);
  mesh::Signals signals;
  mesh::SystemClock clock;
  mesh::Env env{
      .out = out,
      .err = err,
      .out_is_terminal = mesh::is_terminal(STDOUT_FILENO),
      .err_is_terminal = mesh::is_terminal(STDERR_FILENO),
      .in_is_terminal = isatty(STDIN_FILENO) != 0,
      .clock = clock,
      .client_factory =
          [&clock, stop = signals.token()](mesh::Log* log) {
            return mesh::kubernetes::make_client_factory(clock, {.user_agent = "mesh/" MESH_VERSION,
                                                                 .environment = mesh::kubernetes::process_environment(),
                                                                 .terminal = isatty(STDIN_FILENO) != 0,
                                                                 .read_file = mesh::kubernetes::file_reader(stop),
                                                                 .log = log});
          },
      .ask = [stop = signals.token()] { return ask_terminal(stop); },
      .stop = signals.token(),
      .log_lines = [](std::string_view lines) { mesh::write_all(STDERR_FILENO, mesh::terminal_text(lines)); }};
#ifndef MESH_SANITIZED
  // The kernel takes back at once what a command holds. The sanitizers report when everything is destroyed.
  env.end_process = [&](int code) { std::_Exit(mesh::finish_output(written, out, code, mesh::exit_failed)); };
#endif
  const int code = run_guarded(std::vector<std::string>(argv + 1, argv + argc), env);
  if (env.end_process) env.end_process(code);
  return mesh::finish_output(written, out, code, mesh::exit_failed);
}
