#include "engine/jobs/signals.h"

#include <pthread.h>

#include <chrono>
#include <optional>

#include "engine/jobs/workers.h"

namespace mesh {
namespace {

/// What asks for the same stop may come several times at once: GNU timeout signals its child and then the child's
/// group, a terminal that goes away sends SIGHUP and the shell SIGTERM. A person needs longer to lose patience.
constexpr std::chrono::seconds one_request{1};

bool is_ignored(int signal) {
  struct sigaction now {};
  return sigaction(signal, nullptr, &now) == 0 && now.sa_handler == SIG_IGN;
}

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
  // Under nohup it is ignored, and stays so.
  if (!is_ignored(SIGHUP)) sigaddset(&watched_, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &watched_, nullptr);
  // A peer that closes its end is told by errors of the calls, not by a signal.
  std::signal(SIGPIPE, SIG_IGN);
  waiter_ = try_thread([this](const std::stop_token& own) {
    int signal = 0;
    std::optional<std::chrono::steady_clock::time_point> first;
    while (sigwait(&watched_, &signal) == 0 && !own.stop_requested()) {
      // Whoever hears the stop must not wait for anything here: the next signal has to be taken.
      source_.request_stop();
      if (signal != SIGINT) continue;
      const auto now = std::chrono::steady_clock::now();
      if (first && now - *first >= one_request) die_of(signal);
      if (!first) first = now;
    }
  });
  // Without a thread that hears them they end the process, as they do any other.
  if (!waiter_) pthread_sigmask(SIG_UNBLOCK, &watched_, nullptr);
}

Signals::~Signals() {
  if (!waiter_) return;
  waiter_->request_stop();
  // sigwait hears no stop token; a signal to that thread alone wakes it.
  pthread_kill(waiter_->native_handle(), SIGTERM);  // NOLINT(bugprone-bad-signal-to-kill-thread): it is waited for
}

}  // namespace mesh
