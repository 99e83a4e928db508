#include "providers/istio/istiod_pages.h"

#include <gtest/gtest.h>

namespace mesh::istio {
namespace {

using nlohmann::json;

TEST(IstiodPages, a_page_is_found_behind_lines_of_the_log) {
  EXPECT_EQ(parse_istiod_page("[]"), json::array());
  EXPECT_EQ(parse_istiod_page("2026-11-29T10:00:00Z warn [x]\n{\n \"a\": 1\n}\n"), (json{{"a", 1}}));
  EXPECT_EQ(parse_istiod_page("{\"level\":\"warn\"}\n[{\"id\": \"c1\"}]"), (json::array({{{"id", "c1"}}})));
  EXPECT_EQ(parse_istiod_page("connection refused\n"), std::nullopt);
  EXPECT_EQ(parse_istiod_page(""), std::nullopt);
}

TEST(IstiodPages, only_a_pod_that_runs_and_stays_is_asked) {
  Object pod{.id = {"v1", "Pod", "istio-system", "istiod-1"}, .body = json{{"status", {{"phase", "Running"}}}}};
  EXPECT_TRUE(can_be_asked(pod));
  EXPECT_EQ(istiod_page(pod.id, "clusterz").command.back(), "/debug/clusterz");
  pod.body = json{{"status", {{"phase", "Pending"}}}};
  EXPECT_FALSE(can_be_asked(pod));
  pod.body = json{{"metadata", {{"deletionTimestamp", "2026-11-29T10:00:00Z"}}}, {"status", {{"phase", "Running"}}}};
  EXPECT_FALSE(can_be_asked(pod));
}

}  // namespace
}  // namespace mesh::istio
