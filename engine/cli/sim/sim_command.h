#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace mesh::cli {

struct CommandEnd {
  /// False: nothing ran, and the code is what a shell would give: 127 not found, 126 not to be started.
  bool started = false;
  /// 128 + N when signal N ended it.
  int code = 0;
};

/// Runs a command with our terminal and our environment plus `more`, and waits for its end. A stop is passed on as
/// SIGTERM, ten seconds later as SIGKILL.
CommandEnd run_command(const std::vector<std::string>& command, const std::map<std::string, std::string>& more,
                       const std::stop_token& stop);

}  // namespace mesh::cli
