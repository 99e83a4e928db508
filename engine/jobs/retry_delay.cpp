#include "engine/jobs/retry_delay.h"

#include <algorithm>

namespace mesh {

std::chrono::milliseconds retry_delay(int attempt, std::optional<std::chrono::milliseconds> retry_after,
                                      double random) {
  using std::chrono::milliseconds;
  constexpr milliseconds first{100};
  constexpr milliseconds cap{30000};
  // 100 ms doubled nine times is past the cap: larger exponents need not be computed, and cannot overflow.
  const int doublings = std::clamp(attempt - 1, 0, 9);
  const milliseconds whole = std::min(cap, first * (1 << doublings));
  if (retry_after) return std::max(*retry_after, milliseconds{0});
  const double share = 0.5 + 0.5 * std::clamp(random, 0.0, 1.0);
  return milliseconds{static_cast<milliseconds::rep>(static_cast<double>(whole.count()) * share)};
}

}  // namespace mesh
