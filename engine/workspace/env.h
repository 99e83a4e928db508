#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string>
#include <string_view>

#include "engine/port/clock.h"
#include "engine/port/log.h"
#include "providers/kubernetes/client.h"

namespace mesh {

/// All that a command has of the outside. Nothing is reached through a global, so that tests run commands in-process.
struct Env {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  /// A person can be asked.
  bool in_is_terminal = false;
  Clock& clock;
  /// Called when a command first needs clusters: `mesh version` starts no network stack. Called on any thread. The log
  /// may be null, and outlives the factory.
  std::function<std::unique_ptr<kubernetes::ClientFactory>(Log* log)> client_factory;
  /// One line from the person at the terminal; nothing when there is no terminal, the input ended, or a stop came
  /// instead.
  std::function<std::optional<std::string>()> ask;
  /// Requested by SIGINT, SIGTERM and SIGHUP.
  std::stop_token stop;
  /// Writes whole lines to stderr. Called on any thread, so not through `err`.
  std::function<void(std::string_view lines)> log_lines = {};
  /// Ends the process at once with this exit code: nothing is destroyed any more. Empty, as in tests: a command returns
  /// and destroys what it has. See `leave`.
  std::function<void(int code)> end_process = {};
};

}  // namespace mesh
