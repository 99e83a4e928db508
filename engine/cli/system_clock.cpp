#include "engine/cli/system_clock.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <condition_variable>
#include <mutex>

namespace mesh::cli {

TimePoint SystemClock::now() const { return std::chrono::steady_clock::now(); }

std::chrono::system_clock::time_point SystemClock::wall() const { return std::chrono::system_clock::now(); }

bool SystemClock::sleep_until(TimePoint when, std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock lock(mutex);
  wake.wait_until(lock, stop, when, [] { return false; });
  return !stop.stop_requested();
}

std::string rfc3339(std::chrono::system_clock::time_point when) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(when)));
}

}  // namespace mesh::cli
