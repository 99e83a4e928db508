#include "engine/model/merge_snapshots.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

const ObjectId service = {"v1", "Service", "ns", "gateway"};
const ObjectId secret = {"v1", "Secret", "ns", "remote"};

struct MergeSnapshots : ::testing::Test {
  MergeSnapshots() { one("base", base); }
  static void one(const std::string& text, Snapshot& snapshot) {
    snapshot.spec_text = text;
    snapshot.result = text;
    snapshot.clusters["a"] = {.as_of = "2026-01-01", .objects = {{service, "old"}, {secret, "old"}}};
    snapshot.clusters["b"] = {.as_of = "2026-01-01", .objects = {{service, "old"}}};
  }
  Snapshot merge() { return merge_snapshots(base, earlier, later); }
  Snapshot base;
  Snapshot earlier;
  Snapshot later;
};

TEST_F(MergeSnapshots, each_side_keeps_what_it_changed) {
  one("earlier", earlier);
  one("later", later);
  earlier.clusters["a"].objects[service] = "earlier";
  earlier.clusters["b"].objects.erase(service);
  later.clusters["a"].objects[secret] = "later";
  later.clusters["b"].objects[secret] = "later";
  const Snapshot merged = merge();
  EXPECT_EQ(merged.clusters.at("a").objects,
            (std::map<ObjectId, nlohmann::json>{{service, "earlier"}, {secret, "later"}}));
  EXPECT_EQ(merged.clusters.at("b").objects, (std::map<ObjectId, nlohmann::json>{{secret, "later"}}));
  EXPECT_EQ(merged.spec_text, "later");
  EXPECT_EQ(merged.result, "later");
}

TEST_F(MergeSnapshots, protection_is_what_the_line_that_changed_it_says) {
  for (const bool was : {false, true}) {
    for (Snapshot* changed : {&earlier, &later}) {
      one("base", base);
      one("earlier", earlier);
      one("later", later);
      for (Snapshot* each : {&base, &earlier, &later}) each->clusters["a"].protect = was;
      changed->clusters["a"].protect = !was;
      later.clusters["a"].as_of = "2026-01-02";
      EXPECT_EQ(merge().clusters.at("a").protect, !was) << was << (changed == &later);
    }
  }
}

TEST_F(MergeSnapshots, the_later_one_counts_where_both_changed) {
  one("earlier", earlier);
  one("later", later);
  earlier.clusters["a"].objects[service] = "earlier";
  later.clusters["a"].objects[service] = "later";
  earlier.clusters["a"].objects[secret] = "earlier";
  later.clusters["a"].objects.erase(secret);
  EXPECT_EQ(merge().clusters.at("a").objects, (std::map<ObjectId, nlohmann::json>{{service, "later"}}));
}

TEST_F(MergeSnapshots, of_a_field_that_both_saw_rewritten_the_later_one_counts) {
  one("earlier", earlier);
  one("later", later);
  const RewrittenField field{.cluster = "a", .id = service, .path = parse_field_path("spec.x"), .sent = 1, .stored = 2};
  RewrittenField newer = field;
  newer.stored = 3;
  RewrittenField other = field;
  other.cluster = "b";
  earlier.rewritten = {field, other};
  later.rewritten = {newer};
  EXPECT_EQ(merge().rewritten, (std::vector<RewrittenField>{newer, other}));
}

TEST_F(MergeSnapshots, who_saw_a_cluster_last_tells_its_status) {
  one("earlier", earlier);
  one("later", later);
  earlier.clusters["a"].as_of = "2026-01-03";
  later.clusters["a"] = {.status = ClusterStatus::unreachable, .as_of = "2026-01-02"};
  EXPECT_EQ(merge().clusters.at("a").status, ClusterStatus::reachable);
  EXPECT_EQ(merge().clusters.at("a").as_of, "2026-01-03");
  later.clusters["a"].as_of = "2026-01-04";
  EXPECT_EQ(merge().clusters.at("a").status, ClusterStatus::unreachable);
}

TEST_F(MergeSnapshots, clusters_come_and_go) {
  one("earlier", earlier);
  one("later", later);
  earlier.clusters["new"] = {.as_of = "2026-01-02", .objects = {{service, "new"}}};
  earlier.clusters.erase("b");
  later.clusters["newer"] = {.as_of = "2026-01-02", .objects = {{service, "newer"}}};
  const Snapshot merged = merge();
  EXPECT_EQ(merged.clusters.at("new").objects.at(service), "new");
  EXPECT_EQ(merged.clusters.at("newer").objects.at(service), "newer");
  EXPECT_FALSE(merged.clusters.contains("b"));
  EXPECT_EQ(merged.removed_specs, (std::map<std::string, std::string>{{"new", "earlier"}}))
      << "the later spec does not describe it";
}

TEST_F(MergeSnapshots, what_was_written_to_a_cluster_that_the_other_left_clean_stays) {
  one("earlier", earlier);
  one("later", later);
  later.clusters.erase("b");
  earlier.clusters["b"].objects[secret] = "earlier";
  EXPECT_EQ(merge().clusters.at("b").objects, (std::map<ObjectId, nlohmann::json>{{secret, "earlier"}}));
  EXPECT_EQ(merge().removed_specs.at("b"), "earlier");
}

TEST_F(MergeSnapshots, tombstones_come_and_go) {
  base.removed_specs = {{"a", "kept"}, {"b", "gone"}};
  earlier = base;
  later = base;
  earlier.clusters["c"].objects[service] = "c";
  earlier.removed_specs["c"] = "c's";
  later.removed_specs.erase("b");
  EXPECT_EQ(merge().removed_specs, (std::map<std::string, std::string>{{"a", "kept"}, {"c", "c's"}}));
}

}  // namespace
}  // namespace mesh
