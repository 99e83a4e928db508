#pragma once

#include <chrono>
#include <stop_token>
#include <string>
#include <vector>

namespace mesh {

/// A program to run, without a shell.
struct ProcessStart {
  /// With a slash: that file; otherwise looked up in PATH.
  std::string command;
  std::vector<std::string> args;
  /// The whole environment, `NAME=VALUE` each.
  std::vector<std::string> environment;
  /// Whether the program may talk to the user: it gets our stdin and our terminal.
  bool interactive = false;
  /// What it reads from stdin instead, at most 4 KiB; nothing of it when interactive.
  std::string input = {};
};

struct ProcessEnd {
  enum class How { exited, killed_by_signal, not_found, not_startable, timed_out, stopped, too_much_output };
  How how = How::exited;
  /// Exit code, signal number, or errno of the failed start.
  int number = 0;
  std::string out;
  std::string err;
};

/// Runs a program to its end and collects its output (1 MiB of stdout, 64 KiB of stderr). At the timeout or a stop it
/// is killed with all that it started; one that is interactive is killed alone. It begins with the signals of a fresh
/// shell command, whatever this program blocks or ignores.
ProcessEnd run_process(const ProcessStart& start, std::chrono::milliseconds timeout, const std::stop_token& stop);

}  // namespace mesh
