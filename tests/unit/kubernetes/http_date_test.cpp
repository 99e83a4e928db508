#include "providers/kubernetes/http_date.h"

#include <gtest/gtest.h>

namespace mesh::kubernetes {
namespace {

TEST(HttpDate, reads_what_servers_send) {
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"), std::chrono::system_clock::from_time_t(784111777));
}

TEST(HttpDate, is_nothing_for_other_text) {
  EXPECT_EQ(parse_http_date("yesterday or so"), std::nullopt);
  EXPECT_EQ(parse_http_date(""), std::nullopt);
  EXPECT_EQ(parse_http_date("Sun, 06 Nov 9994 08:49:37 GMT"), std::nullopt) << "beyond what a clock can count";
}

}  // namespace
}  // namespace mesh::kubernetes
