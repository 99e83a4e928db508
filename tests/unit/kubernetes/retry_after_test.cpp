#include "providers/kubernetes/retry_after.h"

#include <gtest/gtest.h>

#include "engine/base/time.h"

namespace mesh::kubernetes {
namespace {

using namespace std::chrono_literals;

TEST(RetryAfter, reads_seconds_and_dates) {
  const auto now = *parse_rfc3339("1994-11-06T08:49:07Z");
  EXPECT_EQ(parse_retry_after("30", now), 30000ms);
  EXPECT_EQ(parse_retry_after(" 0 ", now), 0ms);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:49:37 GMT", now), 30000ms);
  EXPECT_EQ(parse_retry_after("Sun, 06 Nov 1994 08:00:00 GMT", now), 0ms);
  EXPECT_EQ(parse_retry_after("-1", now), std::nullopt);
  EXPECT_EQ(parse_retry_after("soon", now), std::nullopt);
  EXPECT_EQ(parse_retry_after("99999999999999999999", now), std::nullopt);
}

}  // namespace
}  // namespace mesh::kubernetes
