#pragma once

#include <csignal>
#include <stop_token>
#include <thread>

namespace mesh {

/// Turns SIGINT, SIGTERM and SIGHUP into a stop request. Made first thing in main, before any other thread, so that
/// every thread inherits the blocked signals and only the one of this object takes them. A further signal, a second or
/// more after the first, ends the process at once, as a person at a terminal expects.
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
  std::jthread waiter_;
};

}  // namespace mesh
