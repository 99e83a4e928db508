#include "engine/plan/same_cluster.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

struct Seen {
  std::string uid, server, ca_pem = "ca";
};

ClusterUids uids(const std::string& uid) { return uid.empty() ? ClusterUids() : ClusterUids{{"istio-system", uid}}; }

ClusterState state_of(const std::string& name, const Seen& seen) {
  ClusterState state{.name = name};
  state.uids = uids(seen.uid);
  state.server = seen.server;
  state.ca_pem = seen.ca_pem;
  return state;
}

struct Row {
  const char* name;
  Seen gone, here;
  /// What the last snapshot says of the new name's uid.
  const char* known;
  bool renamed;
  /// What the last snapshot says of the old name's uid.
  const char* recorded = "";
};

class SameClusterRenamed : public ::testing::TestWithParam<Row> {};

TEST_P(SameClusterRenamed, are_told_by_what_they_are) {
  Spec spec;
  spec.clusters["new"].name = "new";
  LiveState live;
  live.clusters["old"] = state_of("old", GetParam().gone);
  live.clusters["new"] = state_of("new", GetParam().here);
  Snapshot last;
  last.clusters["old"].uids = uids(GetParam().recorded);
  last.clusters["new"].uids = uids(GetParam().known);
  const auto renamed = renamed_clusters(spec, {{"old", {}}}, last, live);
  EXPECT_EQ(renamed.contains("old"), GetParam().renamed);
  if (GetParam().renamed) {
    EXPECT_EQ(renamed.at("old"), "new");
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SameClusterRenamed,
    ::testing::Values(Row{"one_uid", {"1", "https://a"}, {"1", "https://b"}, "", true},
                      Row{"another_uid_behind_the_same_address", {"1", "https://a"}, {"2", "https://a"}, "", false},
                      Row{"not_read_but_one_server", {"", "https://a"}, {"", "https://a"}, "", true},
                      Row{"one_server_another_authority", {"", "https://a"}, {"", "https://a", "other"}, "2", false},
                      Row{"never_read_and_another_server", {"1", "https://a"}, {"", "https://b"}, "", true},
                      Row{"read_before_and_another_server", {"1", "https://a"}, {"", "https://b"}, "2", false},
                      Row{"read_before_as_the_same", {"1", "https://a"}, {"", "https://b"}, "1", true},
                      Row{"recorded_and_not_to_be_read_any_more", {"", ""}, {"1", "https://b"}, "", true, "1"},
                      Row{"recorded_with_another_uid", {"", "https://a"}, {"2", "https://a"}, "", false, "1"},
                      Row{"recorded_and_led_elsewhere", {"2", "https://b"}, {"2", "https://b"}, "2", false, "1"},
                      Row{"a_name_nothing_is_known_of", {"1", "https://a"}, {"", ""}, "", true}),
    [](const auto& row) { return row.param.name; });

TEST(SameClusterRenamed, prefer_what_is_known_over_what_may_be) {
  Spec spec;
  LiveState live;
  live.clusters["old"] = state_of("old", {"1", "https://a"});
  live.clusters["broken"] = state_of("broken", {});
  live.clusters["new"] = state_of("new", {"1", "https://b"});
  for (const char* name : {"broken", "new"}) spec.clusters[name].name = name;
  EXPECT_EQ(renamed_clusters(spec, {{"old", {}}}, {}, live).at("old"), "new");
}

TEST(SameClusterLeadsElsewhere, is_told_by_the_uid_of_the_last_snapshot) {
  const LastClusters last{{"old", {.uids = uids("1")}}};
  EXPECT_FALSE(leads_elsewhere(state_of("old", {"1", "https://b"}), last));
  EXPECT_FALSE(leads_elsewhere(state_of("old", {"", "https://b"}), last)) << "not read";
  EXPECT_FALSE(leads_elsewhere(state_of("unknown", {"2", "https://b"}), last)) << "never recorded";
  EXPECT_TRUE(leads_elsewhere(state_of("old", {"2", "https://a"}), last));
}

TEST(SameClusterLeadsElsewhere, tells_both_uids_and_whose_the_new_one_is) {
  Spec spec;
  spec.clusters["c1"].at = {"mesh.toml", 7, 1};
  const LastClusters last{{"c1", {.uids = uids("1")}}, {"c2", {.uids = uids("2")}}};
  const Diagnostic swapped = report_elsewhere(state_of("c1", {"2", "https://b"}), spec, last);
  EXPECT_EQ(swapped.code, Code::other_cluster);
  EXPECT_EQ(swapped.at, (Position{"mesh.toml", 7, 1}));
  EXPECT_EQ(swapped.cause,
            "its kubeconfig leads to a cluster whose namespace istio-system has uid 2; in that of the last snapshot "
            "namespace istio-system has uid 1; it is the one called c2");
  EXPECT_NE(swapped.hint.find("--accept-new-cluster c1"), std::string::npos);
  const Diagnostic removed = report_elsewhere(state_of("c2", {"3", "https://b"}), spec, last);
  EXPECT_NE(removed.hint.find("mesh forget c2"), std::string::npos);
}

struct SameClusterTwice : ::testing::Test {
  SameClusterTwice() {
    spec.mesh.system_namespace = "istio-system";
    std::size_t line = 10;
    for (const char* name : {"c1", "c2", "c3"}) {
      spec.clusters[name].name = name;
      spec.clusters[name].at = {"mesh.toml", line++, 1};
      live.clusters[name] = state_of(name, {std::string("uid of ") + name, "https://x"});
    }
  }
  Spec spec;
  LiveState live;
};

TEST_F(SameClusterTwice, says_nothing_of_clusters_that_differ_or_are_not_known) {
  EXPECT_TRUE(clusters_named_twice(spec, live, {}, {}).empty());
  for (auto& [name, state] : live.clusters) state.uids.clear();
  EXPECT_TRUE(clusters_named_twice(spec, live, {}, {}).empty());
}

TEST_F(SameClusterTwice, names_both_and_where_they_stand) {
  live.clusters["c3"].uids = live.clusters["c2"].uids;
  const auto by_name = clusters_named_twice(spec, live, {}, {});
  ASSERT_EQ(by_name.size(), 1U);
  const Diagnostics& found = by_name.at("c3");
  EXPECT_TRUE(has_errors(found));
  EXPECT_EQ(found[0].code, Code::same_cluster);
  EXPECT_EQ(found[0].at, (Position{"mesh.toml", 12, 1}));
  EXPECT_EQ(
      found[0].cause,
      "`c2` (mesh.toml:11) and `c3` (mesh.toml:12) are the cluster whose namespace istio-system has uid uid of c2: "
      "what is done to one is done to the other");
}

TEST_F(SameClusterTwice, counts_only_chosen_clusters) {
  live.clusters["c3"].uids = live.clusters["c2"].uids;
  EXPECT_TRUE(clusters_named_twice(spec, live, {}, {"c3"}).empty());
  EXPECT_TRUE(clusters_named_twice(spec, live, {"c1", "c2"}, {}).empty());
}

}  // namespace
}  // namespace mesh
