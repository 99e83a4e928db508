#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <utility>

namespace mesh {

/// How long to wait for work that may hang.
struct Patience {
  std::chrono::steady_clock::time_point deadline;
  std::stop_token stop = {};
  /// What a stop leaves to the work, when the deadline is not earlier.
  std::chrono::milliseconds grace{0};
};

enum class Ended { done, timed_out, stopped };

/// Runs work on a thread of its own, for calls of libraries that know no deadline. Work that is not done in time is
/// left alone: its token is asked to stop, and its thread ends with the call that hangs, or with the program. So it
/// must own everything that it uses. Where no thread can be had it runs on the calling one, for as long as it takes. An
/// exception of work that is done comes out here.
Ended run_within(const Patience& patience, std::function<void(const std::stop_token& cut)> work);

/// The same for work that answers; nothing when it was not done in time, and then `ended` says why.
template <class Answer, class Work>
std::optional<Answer> answer_within(const Patience& patience, Ended& ended, Work work) {
  const auto answer = std::make_shared<std::optional<Answer>>();
  ended = run_within(
      patience, [answer, work = std::move(work)](const std::stop_token& cut) mutable { answer->emplace(work(cut)); });
  if (ended != Ended::done) return std::nullopt;
  return std::move(*answer);
}

}  // namespace mesh
