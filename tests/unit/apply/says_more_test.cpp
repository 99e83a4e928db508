#include "engine/apply/says_more.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

Snapshot snapshot() {
  Snapshot one{.spec_digest = "spec", .time = "2026-11-22T13:00:00Z"};
  one.clusters["c1"] = {.as_of = "2026-11-22T13:00:00Z",
                        .objects = {{{"v1", "Service", "istio-system", "gateway"}, {{"spec", 1}}}}};
  return one;
}

struct Row {
  const char* name;
  void (*change)(Snapshot&);
  bool more;
  bool more_when_incomplete;
};

struct SaysMore : ::testing::TestWithParam<Row> {};

TEST_P(SaysMore, about_what_is_applied) {
  Snapshot now = snapshot();
  GetParam().change(now);
  EXPECT_EQ(says_more(now, snapshot(), true), GetParam().more);
  EXPECT_EQ(says_more(now, snapshot(), false), GetParam().more_when_incomplete);
}

INSTANTIATE_TEST_SUITE_P(
    rows, SaysMore,
    ::testing::Values(
        Row{"nothing", [](Snapshot&) {}, false, false},
        Row{"time",
            [](Snapshot& now) {
              now.time = "2026-11-23T13:00:00Z";
              now.clusters["c1"].as_of = now.time;
              now.result = "done";
            },
            false, false},
        Row{"answers", [](Snapshot& now) { now.clusters["c1"].status = ClusterStatus::unreachable; }, false, false},
        Row{"object", [](Snapshot& now) { now.clusters["c1"].objects.begin()->second["spec"] = 2; }, true, true},
        Row{"object_gone", [](Snapshot& now) { now.clusters["c1"].objects.clear(); }, true, true},
        Row{"spec", [](Snapshot& now) { now.spec_digest = "another"; }, true, false},
        Row{"removed", [](Snapshot& now) { now.clusters["c1"].status = ClusterStatus::removed; }, true, false},
        Row{"empty_cluster", [](Snapshot& now) { now.clusters["c2"] = {}; }, true, false}),
    [](const auto& row) { return row.param.name; });

TEST(SaysMoreOfTheFirst, a_complete_one_always) {
  EXPECT_TRUE(says_more({}, std::nullopt, true));
  EXPECT_FALSE(says_more({}, std::nullopt, false));
  EXPECT_TRUE(says_more(snapshot(), std::nullopt, false));
}

}  // namespace
}  // namespace mesh
