#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

namespace mesh::cli {

/// Runs a command with our terminal and our environment plus `more`, and waits for its end. A stop is passed on as
/// SIGTERM, ten seconds later as SIGKILL. Returns its exit code, 128 + N when signal N ended it, 127 when it is not
/// found and 126 when it cannot be started.
int run_command(const std::vector<std::string>& command, const std::map<std::string, std::string>& more,
                const std::stop_token& stop);

}  // namespace mesh::cli
