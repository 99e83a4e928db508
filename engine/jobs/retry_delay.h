#pragma once

#include <chrono>
#include <optional>

namespace mesh {

/// How long to wait before try number `attempt` + 1, where `attempt` counts the failed tries from 1. Exponential from
/// 100 ms, capped at 30 s; `random` in [0, 1] places the delay between half of that and all of it, so that many clients
/// do not come back at once. What the server asked for (Retry-After) wins over both.
std::chrono::milliseconds retry_delay(int attempt, std::optional<std::chrono::milliseconds> retry_after, double random);

}  // namespace mesh
