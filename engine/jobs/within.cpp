#include "engine/jobs/within.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>

#include "engine/jobs/workers.h"

namespace mesh {
namespace {

/// What the waiting and the working thread share, whichever of them goes first.
struct Meeting {
  std::mutex guard;
  std::condition_variable_any ended;
  bool done = false;
  std::exception_ptr thrown;
  std::stop_source cut;
};

}  // namespace

Ended run_within(const Patience& patience, std::function<void(const std::stop_token& cut)> work) {
  const auto meeting = std::make_shared<Meeting>();
  // std::function copies what it is given: the work itself is to be destroyed once it is done.
  const auto held = std::make_shared<std::function<void(const std::stop_token&)>>(std::move(work));
  const auto run = [meeting, held](const std::stop_token&) {
    std::exception_ptr thrown;
    try {
      (*held)(meeting->cut.get_token());
    } catch (...) {
      thrown = std::current_exception();
    }
    // What the work holds goes before anybody hears that it is done.
    *held = nullptr;
    const std::lock_guard<std::mutex> lock(meeting->guard);
    meeting->thrown = thrown;
    meeting->done = true;
    meeting->ended.notify_all();
  };
  if (auto thread = try_thread(run)) {
    thread->detach();
  } else {
    run({});
  }
  const auto is_done = [&] { return meeting->done; };
  std::unique_lock<std::mutex> lock(meeting->guard);
  meeting->ended.wait_until(lock, patience.stop, patience.deadline, is_done);
  if (!meeting->done && patience.stop.stop_requested()) {
    const auto last = std::min(patience.deadline, std::chrono::steady_clock::now() + patience.grace);
    meeting->ended.wait_until(lock, last, is_done);
  }
  if (!meeting->done) {
    lock.unlock();
    meeting->cut.request_stop();
    return patience.stop.stop_requested() ? Ended::stopped : Ended::timed_out;
  }
  if (meeting->thrown) std::rethrow_exception(meeting->thrown);
  return Ended::done;
}

}  // namespace mesh
