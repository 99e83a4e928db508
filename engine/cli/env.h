#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "engine/port/clock.h"
#include "providers/kubernetes/client.h"

namespace mesh::cli {

/// The world as a command sees it. Nothing is reached through a global, so that tests can run a command in-process.
struct Env {
  std::ostream& out;
  std::ostream& err;
  bool out_is_terminal = false;
  bool err_is_terminal = false;
  /// Somebody may be asked.
  bool in_is_terminal = false;
  Clock& clock;
  /// Made when a command first needs clusters: `mesh version` starts no network stack. Called on any thread.
  std::function<std::unique_ptr<kubernetes::ClientFactory>()> client_factory;
  /// One line from the person at the terminal; nothing when there is none to ask, the input ended, or a stop came
  /// instead.
  std::function<std::optional<std::string>()> ask;
  /// Requested by SIGINT, SIGTERM and SIGHUP.
  std::stop_token stop;
  std::vector<std::shared_ptr<void>> kept = {};

  /// Holds what a command works on for as long as the Env lives, which is until the process ends and nothing is
  /// destroyed any more: to free some hundred thousand values one by one takes as long as to plan them. Not for what
  /// has more to do than to free memory.
  template <class Value>
  Value& keep(Value value) {
    auto held = std::make_shared<Value>(std::move(value));
    kept.push_back(held);
    return *held;
  }
};

/// Exit codes: 0 done, 1 failed, 2 differences, 3 incomplete, 64 usage.
enum ExitCode : int { exit_done = 0, exit_failed = 1, exit_differences = 2, exit_incomplete = 3, exit_usage = 64 };

}  // namespace mesh::cli
