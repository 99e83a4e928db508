#include "engine/base/time.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

struct TimeCase {
  const char* name;
  const char* text;
  std::optional<long> seconds;
};
void PrintTo(const TimeCase& row, std::ostream* out) { *out << row.name; }

std::optional<long> seconds_of(const std::optional<std::chrono::system_clock::time_point>& when) {
  if (!when) return std::nullopt;
  return std::chrono::duration_cast<std::chrono::seconds>(when->time_since_epoch()).count();
}

class TimeRfc3339 : public testing::TestWithParam<TimeCase> {};
TEST_P(TimeRfc3339, is) { EXPECT_EQ(seconds_of(parse_rfc3339(GetParam().text)), GetParam().seconds); }
INSTANTIATE_TEST_SUITE_P(Table, TimeRfc3339,
                         testing::Values(TimeCase{"utc", "1970-01-02T00:00:01Z", 86401},
                                         TimeCase{"fraction", "1970-01-01T00:00:02.999Z", 2},
                                         TimeCase{"offset", "1970-01-01T02:00:00+01:30", 1800},
                                         TimeCase{"behind", "1970-01-01T00:00:00-01:00", 3600},
                                         TimeCase{"no_zone", "1970-01-01T00:00:00", std::nullopt},
                                         TimeCase{"no_month", "1970-13-01T00:00:00Z", std::nullopt},
                                         TimeCase{"words", "tomorrow", std::nullopt},
                                         TimeCase{"more_behind", "1970-01-01T00:00:00Zx", std::nullopt},
                                         TimeCase{"empty", "", std::nullopt}),
                         [](const auto& row) { return row.param.name; });

TEST(TimeRfc3339Never, is_the_last_moment_that_a_clock_can_count) {
  for (const char* never : {"2999-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59"}) {
    const auto when = parse_rfc3339(never);
    ASSERT_TRUE(when) << never;
    EXPECT_GT(*when, *parse_rfc3339("2262-01-01T00:00:00Z")) << never;
  }
}

TEST(TimeRfc3339Text, comes_back) {
  for (const char* text : {"1970-01-01T00:00:00Z", "2026-11-22T09:54:07Z"}) {
    EXPECT_EQ(rfc3339(*parse_rfc3339(text)), text);
  }
}

}  // namespace
}  // namespace mesh
