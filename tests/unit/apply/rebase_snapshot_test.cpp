#include "engine/apply/rebase_snapshot.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

using nlohmann::json;
using Objects = std::map<ObjectId, json>;

const ObjectId service = {"v1", "Service", "ns", "gateway"};
const ObjectId secret = {"v1", "Secret", "ns", "remote"};

/// An apply on clusters a and b that began on a snapshot, and what others put on top of that meanwhile.
struct RebaseSnapshot : ::testing::Test {
  RebaseSnapshot() {
    spec.mesh.name = "prod";
    spec.text = "ours";
    previous = Snapshot{.spec_text = "before"};
    for (const char* name : {"a", "b"}) {
      spec.clusters[name].name = name;
      live.clusters[name].name = name;
      previous->clusters[name] = {.as_of = "2026-01-01", .objects = {{service, "old"}, {secret, "old"}}};
    }
    newest = *previous;
    newest.spec_text = "theirs";
  }
  void act(const std::string& cluster, const ObjectId& id, Operation operation, Outcome outcome,
           std::map<ObjectId, std::optional<json>> applied = {}, const json& body = "ours") {
    const std::string address = cluster + "/" + id.kind;
    desired.actions.push_back({.address = {address},
                               .cluster = cluster,
                               .presence = operation == Operation::delete_ ? Presence::absent : Presence::present,
                               .objects = {DesiredObject{.id = id, .body = body}}});
    plan.actions.push_back({.address = {address}, .cluster = cluster, .operation = operation, .objects = {{.id = id}}});
    if (operation == Operation::unchanged) return;
    report.actions.push_back({.address = {address}, .outcome = outcome, .applied = std::move(applied)});
  }
  Snapshot rebase() {
    return rebase_snapshot({spec, plan, report, desired, live, previous, "2026-01-05", "{plan}", "{report}"}, newest);
  }
  Spec spec;
  Plan plan;
  Report report;
  DesiredState desired;
  LiveState live;
  std::optional<Snapshot> previous;
  Snapshot newest;
};

TEST_F(RebaseSnapshot, ours_as_we_left_it_and_the_rest_as_they_did) {
  act("a", service, Operation::update, Outcome::done, {{service, "ours"}});
  act("b", secret, Operation::update, Outcome::failed);
  live.clusters["b"].reading = LeftOut{};
  newest.clusters["b"] = {.as_of = "2026-01-04", .objects = {{service, "theirs"}}};
  const Snapshot rebased = rebase();
  EXPECT_EQ(rebased.clusters.at("a").objects, (Objects{{service, "ours"}, {secret, "old"}}));
  EXPECT_EQ(rebased.clusters.at("a").as_of, "2026-01-05");
  EXPECT_EQ(rebased.clusters.at("b").objects, (Objects{{service, "theirs"}}));
  EXPECT_EQ(rebased.clusters.at("b").as_of, "2026-01-04");
  EXPECT_EQ(rebased.spec_text, "ours");
  EXPECT_EQ(rebased.plan_json, "{plan}");
  EXPECT_EQ(rebased.report_json, "{report}");
  EXPECT_EQ(rebased.result, "failed");
  EXPECT_TRUE(rebased.removed_specs.empty());
}

TEST_F(RebaseSnapshot, what_we_only_saw_gives_way_to_what_they_wrote) {
  act("a", service, Operation::unchanged, Outcome::done, {}, "seen");
  act("a", secret, Operation::update, Outcome::done, {{secret, "ours"}});
  newest.clusters["a"].objects = {{service, "theirs"}, {secret, "theirs"}};
  EXPECT_EQ(rebase().clusters.at("a").objects, (Objects{{service, "theirs"}, {secret, "ours"}}));
}

TEST_F(RebaseSnapshot, what_we_removed_is_gone) {
  act("a", service, Operation::delete_, Outcome::done, {{service, std::nullopt}});
  newest.clusters["a"].objects[service] = "theirs";
  EXPECT_EQ(rebase().clusters.at("a").objects, (Objects{{secret, "old"}}));
}

TEST_F(RebaseSnapshot, a_first_snapshot_of_two) {
  previous = std::nullopt;
  newest.clusters.erase("a");
  act("a", service, Operation::create, Outcome::done, {{service, "ours"}});
  live.clusters["b"].reading = LeftOut{};
  EXPECT_EQ(rebase().clusters.at("a").objects, (Objects{{service, "ours"}}));
  EXPECT_EQ(rebase().clusters.at("b"), newest.clusters.at("b"));
}

TEST_F(RebaseSnapshot, their_new_cluster_that_our_spec_does_not_name_gets_a_tombstone) {
  newest.clusters["c"] = {.as_of = "2026-01-04", .objects = {{service, "theirs"}}};
  const Snapshot rebased = rebase();
  EXPECT_EQ(rebased.clusters.at("c").status, ClusterStatus::removed);
  EXPECT_EQ(rebased.clusters.at("c").objects, (Objects{{service, "theirs"}}));
  EXPECT_EQ(rebased.removed_specs, (std::map<std::string, std::string>{{"c", "theirs"}}));
}

TEST_F(RebaseSnapshot, a_cluster_that_is_back_in_our_spec_has_no_tombstone) {
  live.clusters["b"].reading = LeftOut{};
  newest.clusters["b"].status = ClusterStatus::removed;
  newest.removed_specs["b"] = "b's";
  newest.clusters["a"].status = ClusterStatus::removed;
  newest.removed_specs["a"] = "a's";
  const Snapshot rebased = rebase();
  EXPECT_EQ(rebased.clusters.at("a").status, ClusterStatus::reachable);
  EXPECT_TRUE(rebased.removed_specs.empty());
}

TEST_F(RebaseSnapshot, their_tombstones_stay_as_they_are) {
  newest.clusters["c"] = {.status = ClusterStatus::removed, .as_of = "2026-01-04", .objects = {{service, "theirs"}}};
  newest.removed_specs["c"] = "c's";
  EXPECT_EQ(rebase().clusters.at("c"), newest.clusters.at("c"));
  EXPECT_EQ(rebase().removed_specs, newest.removed_specs);
}

}  // namespace
}  // namespace mesh
