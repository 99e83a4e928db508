#include "engine/apply/make_snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/digest.h"

namespace mesh {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

const ObjectId service = {"v1", "Service", "ns", "gateway"};
const ObjectId secret = {"v1", "Secret", "ns", "remote"};
const ObjectId account = {"v1", "ServiceAccount", "ns", "reader"};

struct MakeSnapshot : ::testing::Test {
  MakeSnapshot() {
    spec.mesh.name = "prod";
    spec.text = "text";
    add_cluster("a");
  }
  void add_cluster(const std::string& name) {
    spec.clusters[name].name = name;
    live.clusters[name].name = name;
  }
  /// Plans and wants an action on one object.
  void add(const std::string& address, const ObjectId& id, Operation operation, Presence presence = Presence::present,
           json body = {{"desired", true}}) {
    const std::string cluster = address.substr(0, address.find('/'));
    desired.actions.push_back({.address = {address},
                               .cluster = cluster,
                               .presence = presence,
                               .objects = {DesiredObject{.id = id, .body = std::move(body)}}});
    plan.actions.push_back({.address = {address}, .cluster = cluster, .operation = operation, .objects = {{.id = id}}});
  }
  void add_report(const std::string& address, Outcome outcome, std::map<ObjectId, std::optional<json>> applied = {}) {
    report.actions.push_back({.address = {address}, .outcome = outcome, .applied = std::move(applied)});
  }
  void before(const std::string& cluster, const ObjectId& id, const json& body) {
    if (!previous) previous = Snapshot{.spec_text = "old text"};
    previous->clusters[cluster].as_of = "yesterday";
    previous->clusters[cluster].objects[id] = body;
  }
  Snapshot make() {
    return make_snapshot({spec, plan, report, desired, live, previous, "today", "{plan}", "{report}"});
  }
  json object(const std::string& cluster, const ObjectId& id) {
    const Snapshot snapshot = make();
    const auto& objects = snapshot.clusters.at(cluster).objects;
    return objects.contains(id) ? objects.at(id) : json("nothing");
  }
  Spec spec;
  Plan plan;
  Report report;
  DesiredState desired;
  LiveState live;
  std::optional<Snapshot> previous;
};

TEST_F(MakeSnapshot, facts) {
  const Snapshot snapshot = make();
  EXPECT_EQ(snapshot.spec_text, "text");
  EXPECT_EQ(snapshot.plan_digest, sha256_hex("{plan}"));
  EXPECT_EQ(snapshot.result, "done");
  EXPECT_EQ(snapshot.clusters.at("a").status, ClusterStatus::reachable);
  EXPECT_EQ(snapshot.clusters.at("a").as_of, "today");
}

TEST_F(MakeSnapshot, results) {
  add_report("a/1", Outcome::done);
  EXPECT_EQ(make().result, "done");
  add_report("a/2", Outcome::skipped);
  EXPECT_EQ(make().result, "failed");
  add_report("a/3", Outcome::cancelled);
  EXPECT_EQ(make().result, "cancelled");
}

TEST_F(MakeSnapshot, done_as_reported) {
  add("a/1", service, Operation::create);
  add_report("a/1", Outcome::done, {{service, json{{"applied", true}}}});
  EXPECT_EQ(object("a", service), (json{{"applied", true}}));
}

TEST_F(MakeSnapshot, unchanged_as_desired) {
  add("a/1", service, Operation::unchanged);
  EXPECT_EQ(object("a", service), (json{{"desired", true}}));
}

TEST_F(MakeSnapshot, rewritten_fields_are_recorded_as_stored_for_as_long_as_they_hold) {
  add("a/1", service, Operation::create);
  add_report("a/1", Outcome::done, {{service, json{{"spec", {{"cpu", "2"}, {"type", "x"}}}}}});
  const RewrittenField cpu{
      .cluster = "a", .id = service, .path = parse_field_path("spec.cpu"), .sent = "2", .stored = "1"};
  const RewrittenField type{
      .cluster = "a", .id = service, .path = parse_field_path("spec.type"), .sent = "y", .stored = "x"};
  RewrittenField over = type;
  over.stored = "z";
  report.rewritten = {cpu};
  before("a", service, {{"old", true}});
  previous->rewritten = {type, over};
  EXPECT_EQ(object("a", service), json::parse(R"({"spec": {"cpu": "1", "type": "x"}})"));
  EXPECT_EQ(make().rewritten, (std::vector<RewrittenField>{cpu, type}));
}

TEST_F(MakeSnapshot, failed_as_before) {
  add("a/1", service, Operation::update);
  add_report("a/1", Outcome::failed);
  before("a", service, {{"old", true}});
  EXPECT_EQ(object("a", service), (json{{"old", true}}));
}

TEST_F(MakeSnapshot, failed_but_partly_written) {
  add("a/1", service, Operation::update);
  add_report("a/1", Outcome::failed, {{service, json{{"applied", true}}}});
  before("a", service, {{"old", true}});
  EXPECT_EQ(object("a", service), (json{{"applied", true}}));
}

TEST_F(MakeSnapshot, actions_left_out_of_the_plan_as_before) {
  add("a/1", service, Operation::update);
  plan.actions.clear();
  before("a", service, {{"old", true}});
  EXPECT_EQ(object("a", service), (json{{"old", true}}));
}

TEST_F(MakeSnapshot, a_renamed_cluster_takes_the_place_of_the_old_name) {
  add("a/1", service, Operation::update);
  add_report("a/1", Outcome::failed);
  before("old", service, {{"old", true}});
  live.clusters["old"] = {.name = "old", .reading = Renamed{"a"}};
  EXPECT_EQ(object("a", service), (json{{"old", true}}));
  EXPECT_FALSE(make().clusters.contains("old"));
}

TEST_F(MakeSnapshot, a_cluster_that_may_be_renamed_but_was_not_read_stays_as_it_was) {
  before("old", service, {{"old", true}});
  live.clusters["old"] = {.name = "old", .reading = Renamed{"a"}};
  live.clusters["a"].reading = Unreachable{Diagnostics{{.code = Code::kubeconfig_invalid}}};
  EXPECT_EQ(make().clusters.at("old").status, ClusterStatus::removed);
  EXPECT_EQ(object("old", service), (json{{"old", true}}));
}

TEST_F(MakeSnapshot, a_cluster_that_was_never_read_leaves_no_tombstone) {
  before("a", service, {{"old", true}});
  previous.value().clusters["old"].status = ClusterStatus::unreachable;
  live.clusters["old"].reading = Unreachable{Diagnostics{{.code = Code::unreachable}}};
  EXPECT_FALSE(make().clusters.contains("old"));
  previous.value().clusters["old"].as_of = "yesterday";
  EXPECT_EQ(make().clusters.at("old").status, ClusterStatus::removed);
}

TEST_F(MakeSnapshot, a_cluster_that_is_back_in_the_spec_has_no_tombstone) {
  before("a", service, {{"old", true}});
  previous.value().clusters.at("a").status = ClusterStatus::removed;
  previous.value().removed_specs["a"] = "older text";
  EXPECT_EQ(make().clusters.at("a").status, ClusterStatus::reachable);
  EXPECT_THAT(make().removed_specs, IsEmpty());
  live.clusters["a"].reading = Unreachable{Diagnostics{{.code = Code::unreachable}}};
  EXPECT_EQ(make().clusters.at("a").status, ClusterStatus::unreachable);
  EXPECT_THAT(make().removed_specs, IsEmpty());
}

TEST_F(MakeSnapshot, keeps_the_uid_of_a_cluster_until_another_is_read) {
  before("a", service, {{"old", true}});
  const ClusterUids old{{"kube-system", "1"}};
  const ClusterUids now{{"kube-system", "2"}};
  previous.value().clusters.at("a").uids = old;
  EXPECT_EQ(make().clusters.at("a").uids, old);
  live.clusters["a"].uids = now;
  EXPECT_EQ(make().clusters.at("a").uids, now);
}

TEST_F(MakeSnapshot, binds_no_name_to_a_cluster_in_which_nothing_was_applied) {
  live.clusters["a"].uids = {{"kube-system", "1"}};
  EXPECT_THAT(make().clusters.at("a").uids, IsEmpty());
}

TEST_F(MakeSnapshot, deleted_and_released_objects_are_gone) {
  add("a/1", service, Operation::delete_, Presence::absent);
  add("a/2", account, Operation::update, Presence::absent);
  add_report("a/1", Outcome::done, {{service, std::nullopt}});
  add_report("a/2", Outcome::done, {{account, json::object()}});
  before("a", service, {{"old", true}});
  before("a", account, {{"old", true}});
  EXPECT_THAT(make().clusters.at("a").objects, IsEmpty());
}

TEST_F(MakeSnapshot, what_nobody_names_stays_while_it_is_there) {
  before("a", service, {{"old", true}});
  EXPECT_EQ(object("a", service), (json{{"old", true}}));
  live.clusters["a"].asked.insert(service);
  EXPECT_EQ(object("a", service), "nothing");
}

TEST_F(MakeSnapshot, fingerprints_and_references_of_unchanged_secrets_are_kept) {
  add("a/1", secret, Operation::unchanged, Presence::present, {{"data", {{"id", nullptr}}}, {"uid", nullptr}});
  desired.actions[0].objects[0].edit().sensitive = {{FieldName{"data"}, FieldName{"id"}}};
  desired.actions[0].objects[0].edit().references = {{.path = {FieldName{"uid"}}, .cluster = "a", .source = service}};
  live.clusters["a"].found[service] = {.id = service, .uid = "u1"};
  before("a", secret, {{"data", {{"id", "sha256:x"}}}});
  EXPECT_EQ(object("a", secret), (json{{"data", {{"id", "sha256:x"}}}, {"uid", "u1"}}));
}

TEST_F(MakeSnapshot, a_reference_to_what_was_not_read_keeps_what_it_was) {
  add("a/1", account, Operation::unchanged, Presence::present, {{"uid", nullptr}});
  desired.actions[0].objects[0].edit().references = {{.path = {FieldName{"uid"}}, .cluster = "b", .source = service}};
  before("a", account, {{"uid", "u1"}});
  EXPECT_EQ(object("a", account), (json{{"uid", "u1"}}));
}

TEST_F(MakeSnapshot, labels_are_not_claimed_on_what_others_made) {
  const json labels = {{managed_by_label, "mesh"}, {mesh_label, "prod"}};
  add("a/1", account, Operation::unchanged, Presence::present,
      {{"metadata", {{"name", "reader"}, {"labels", labels}}}});
  desired.actions[0].objects[0].edit().ownership = Ownership::shared;
  live.clusters["a"].found[account] = {.id = account, .body = json{{"metadata", {{"name", "reader"}}}}};
  EXPECT_EQ(object("a", account), (json{{"metadata", {{"name", "reader"}}}}));
  live.clusters["a"].found[account].body.edit()["metadata"]["labels"] = labels;
  EXPECT_EQ(object("a", account)["metadata"]["labels"], labels);
}

TEST_F(MakeSnapshot, an_object_has_one_version) {
  const ObjectId old = {"networking.istio.io/v1alpha3", "Gateway", "ns", "x"};
  const ObjectId now = {"networking.istio.io/v1", "Gateway", "ns", "x"};
  before("a", old, {{"old", true}});
  add("a/1", now, Operation::unchanged);
  const auto objects = make().clusters.at("a").objects;
  ASSERT_EQ(objects.size(), 1U);
  EXPECT_EQ(objects.begin()->first.api_version, now.api_version);
  EXPECT_EQ(objects.begin()->second, (json{{"desired", true}}));
}

TEST_F(MakeSnapshot, unreachable_as_last_known) {
  live.clusters["a"].reading = Unreachable{Diagnostics{}};
  add("a/1", service, Operation::unknown);
  add_report("a/1", Outcome::skipped);
  before("a", service, {{"old", true}});
  const Snapshot snapshot = make();
  EXPECT_EQ(snapshot.clusters.at("a").status, ClusterStatus::unreachable);
  EXPECT_EQ(snapshot.clusters.at("a").as_of, "yesterday");
  EXPECT_EQ(snapshot.clusters.at("a").objects.size(), 1U);
}

struct MakeSnapshotRemoved : MakeSnapshot {
  MakeSnapshotRemoved() {
    before("gone", service, {{"old", true}});
    live.clusters["gone"].name = "gone";
    add("gone/1", service, Operation::delete_, Presence::absent);
    add("a/discovery/gone", secret, Operation::delete_, Presence::absent);
    plan.actions.back().peer = desired.actions.back().peer = "gone";
  }
  void all_done() {
    add_report("gone/1", Outcome::done, {{service, std::nullopt}});
    add_report("a/discovery/gone", Outcome::done, {{secret, std::nullopt}});
  }
};

TEST_F(MakeSnapshotRemoved, clean_cluster_leaves_no_tombstone) {
  all_done();
  EXPECT_FALSE(make().clusters.contains("gone"));
  EXPECT_THAT(make().removed_specs, IsEmpty());
}

TEST_F(MakeSnapshotRemoved, tombstone_while_something_is_left) {
  add_report("gone/1", Outcome::failed);
  const Snapshot snapshot = make();
  EXPECT_EQ(snapshot.clusters.at("gone").status, ClusterStatus::removed);
  EXPECT_EQ(snapshot.clusters.at("gone").objects.size(), 1U);
  EXPECT_EQ(snapshot.removed_specs.at("gone"), "old text");
}

TEST_F(MakeSnapshotRemoved, tombstone_while_a_trace_is_left_elsewhere) {
  add_report("gone/1", Outcome::done, {{service, std::nullopt}});
  add_report("a/discovery/gone", Outcome::failed);
  EXPECT_EQ(make().clusters.at("gone").status, ClusterStatus::removed);
}

TEST_F(MakeSnapshotRemoved, tombstone_while_an_action_is_left_out) {
  all_done();
  plan.actions.pop_back();
  report.actions.pop_back();
  EXPECT_TRUE(make().clusters.contains("gone"));
}

TEST_F(MakeSnapshotRemoved, tombstone_while_it_does_not_answer) {
  live.clusters["gone"].reading = Unreachable{Diagnostics{}};
  plan.actions[0].operation = Operation::unknown;
  previous->removed_specs["gone"] = "older text";
  EXPECT_EQ(make().clusters.at("gone").status, ClusterStatus::removed);
  EXPECT_EQ(make().clusters.at("gone").as_of, "yesterday");
  EXPECT_EQ(make().removed_specs.at("gone"), "older text");
}

}  // namespace
}  // namespace mesh
