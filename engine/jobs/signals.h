#pragma once

#include <csignal>
#include <optional>
#include <stop_token>
#include <thread>

namespace mesh {

/// Turns SIGINT, SIGTERM and SIGHUP into a stop request. Made first thing in main, before any other thread, so that
/// every thread inherits the blocked signals and only the one of this object takes them. A second SIGINT, a second or
/// more after the first one, ends the process at once, as a person at a terminal expects. No other signal does: CI
/// systems send SIGTERM after SIGINT to what still runs, and what runs is finished. Callbacks of the token are called
/// where the signals are taken, so they must not wait for anything, nor write.
class Signals {
 public:
  Signals();
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

  std::stop_token token() const { return source_.get_token(); }

 private:
  std::stop_source source_;
  sigset_t watched_{};
  std::optional<std::jthread> waiter_;
};

}  // namespace mesh
