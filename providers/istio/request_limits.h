#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "engine/port/clock.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// What limits the requests of one action: each has its time from when it starts.
struct RequestLimits {
  const Clock& clock;
  std::chrono::milliseconds each;
  std::stop_token stop;
  std::function<void(const std::string& why, std::chrono::milliseconds delay)> on_retry;

  /// For what may end at once: reads, waits, deletions, which last until the object is gone.
  kubernetes::CallLimits read() const { return {.deadline = clock.now() + each, .stop = stop, .on_retry = on_retry}; }
  /// For writes: one under way has its answer, and is not tried again after a stop.
  kubernetes::CallLimits write() const {
    return {.deadline = clock.now() + each, .stop = {}, .stop_trying = stop, .on_retry = on_retry};
  }
};

}  // namespace mesh::istio
