#include "engine/jobs/retry_delay.h"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace mesh {
namespace {

using namespace std::chrono_literals;

struct DelayCase {
  std::string name;
  int attempt;
  std::optional<std::chrono::milliseconds> retry_after;
  double random;
  std::chrono::milliseconds expected;
};
void PrintTo(const DelayCase& row, std::ostream* out) { *out << row.name; }

class RetryDelay : public testing::TestWithParam<DelayCase> {};

TEST_P(RetryDelay, is) {
  const DelayCase& row = GetParam();
  EXPECT_EQ(retry_delay(row.attempt, row.retry_after, row.random), row.expected);
}

INSTANTIATE_TEST_SUITE_P(Table, RetryDelay,
                         testing::Values(DelayCase{"first_try", 1, std::nullopt, 1.0, 100ms},
                                         DelayCase{"first_try_least", 1, std::nullopt, 0.0, 50ms},
                                         DelayCase{"doubles", 4, std::nullopt, 1.0, 800ms},
                                         DelayCase{"jitter_between", 4, std::nullopt, 0.5, 600ms},
                                         DelayCase{"capped", 20, std::nullopt, 1.0, 30s},
                                         DelayCase{"far_beyond", 1000000, std::nullopt, 1.0, 30s},
                                         DelayCase{"server_wins", 1, 40s, 0.3, 40s},
                                         DelayCase{"server_says_now", 7, 0ms, 1.0, 0ms},
                                         DelayCase{"negative_is_now", 7, -5ms, 1.0, 0ms},
                                         DelayCase{"attempt_zero", 0, std::nullopt, 1.0, 100ms},
                                         DelayCase{"random_out_of_range", 1, std::nullopt, 9.0, 100ms}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh
