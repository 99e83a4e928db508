#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace mesh {

/// A child process to start, without a shell.
struct SpawnRequest {
  /// The program, looked up in PATH unless it has a slash, and its arguments.
  std::vector<std::string> words;
  /// The whole environment, `NAME=VALUE` each.
  std::vector<std::string> environment;
  /// Descriptors that become stdin, stdout and stderr of the child; -1: it gets ours.
  int in = -1;
  int out = -1;
  int err = -1;
  /// A group of its own can be killed with all its children; but it cannot read from the terminal.
  bool own_group = false;
};

/// Starts the child with the signals of a fresh shell command, whatever this program blocks or ignores. Returns 0 and
/// its id in `pid`, or errno.
int spawn(SpawnRequest request, pid_t& pid);

}  // namespace mesh
