#include "engine/jobs/workers.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <system_error>

namespace mesh {

std::optional<std::jthread> try_thread(std::function<void(const std::stop_token&)> work) {
  try {
    return std::jthread([work = std::move(work)](const std::stop_token& stop) { work(stop); });
  } catch (const std::system_error&) {
    return std::nullopt;
  } catch (const std::bad_alloc&) {
    return std::nullopt;
  }
}

Workers::Workers(std::size_t wished, const std::function<void(const std::stop_token&)>& work) {
  threads_.reserve(wished);
  while (threads_.size() < wished) {
    auto thread = try_thread(work);
    if (!thread) return;
    threads_.push_back(std::move(*thread));
  }
}

void for_each_index(std::size_t count, int at_once, const std::function<void(std::size_t)>& work,
                    const std::function<void()>& meanwhile) {
  std::atomic<std::size_t> next{0};
  std::mutex mutex;
  std::exception_ptr thrown;
  const auto guarded = [&](const auto& part) {
    try {
      part();
    } catch (...) {
      next = count;
      const std::lock_guard lock(mutex);
      if (!thrown) thrown = std::current_exception();
    }
  };
  const auto take_all = [&] {
    guarded([&] {
      for (std::size_t at = next++; at < count; at = next++) work(at);
    });
  };
  {
    const Workers workers(std::min(static_cast<std::size_t>(std::max(1, at_once)), count),
                          [&](const std::stop_token&) { take_all(); });
    if (meanwhile) guarded(meanwhile);
    if (workers.size() == 0) take_all();
  }
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace mesh
