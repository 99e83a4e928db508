#include "engine/cli/signals.h"

#include <pthread.h>

namespace mesh::cli {
namespace {

/// Lets the signal do what it does to a program that never heard of it.
void die_of(int signal) {
  std::signal(signal, SIG_DFL);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  raise(signal);
}

}  // namespace

Signals::Signals() {
  sigemptyset(&watched_);
  sigaddset(&watched_, SIGINT);
  sigaddset(&watched_, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &watched_, nullptr);
  // A peer that closes its end is told by errors of the calls, not by a signal.
  std::signal(SIGPIPE, SIG_IGN);
  waiter_ = std::jthread([this](const std::stop_token& own) {
    int signal = 0;
    while (sigwait(&watched_, &signal) == 0 && !own.stop_requested()) {
      if (!source_.request_stop()) die_of(signal);
    }
  });
}

Signals::~Signals() {
  waiter_.request_stop();
  // sigwait hears no stop token; a signal to that thread alone wakes it.
  pthread_kill(waiter_.native_handle(), SIGTERM);  // NOLINT(bugprone-bad-signal-to-kill-thread): it is waited for
}

}  // namespace mesh::cli
