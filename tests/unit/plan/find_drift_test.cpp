#include "engine/plan/find_drift.h"

#include <gtest/gtest.h>

#include <functional>

#include "providers/kubernetes/schema/field_schemas.h"
#include "tests/support/plan_case.h"

namespace mesh {
namespace {

using nlohmann::json;
using testing::FakeCluster;

const ObjectId service_id{"v1", "Service", "ns", "gw"};
const ObjectId secret_id{"v1", "Secret", "ns", "remote"};

json service() {
  return json::parse(
      R"({"apiVersion":"v1","kind":"Service","metadata":{"name":"gw","namespace":"ns","labels":{"a":"b"}},
    "spec":{"type":"LoadBalancer","ports":[{"port":15443,"name":"tls"}]}})");
}
json secret() {
  return json::parse(R"({"apiVersion":"v1","kind":"Secret","metadata":{"name":"remote","namespace":"ns",
    "labels":{"a":"b"}},"data":{"c2":null}})");
}

struct Row {
  const char* name;
  std::function<void(FakeCluster&)> happens;
  /// `ADDRESS PATH: expected -> actual by MANAGER`, one per item.
  std::vector<std::string> items;
};

class FindDrift : public ::testing::TestWithParam<Row> {};

DesiredState desired() {
  const json objects = {{{"body", service()}},
                        {{"body", secret()}, {"sensitive", {"data.c2"}}, {"exclusive", {"data"}}}};
  return testing::read_desired({{{"address", "c1/gateway"}, {"objects", objects}}});
}

std::string text(const std::optional<json>& value) { return value ? value->dump() : "nothing"; }

std::vector<std::string> items_of(const Drift& drift) {
  std::vector<std::string> items;
  for (const DriftItem& item : drift.items) {
    static constexpr const char* changes[] = {"sensitive, added", "sensitive, changed", "sensitive, removed"};
    const std::string values =
        item.sensitive ? changes[static_cast<int>(item.change)] : text(item.expected) + " -> " + text(item.actual);
    items.push_back(item.address.text + " " + to_string(item.path) + ": " + values + " by " + item.manager);
  }
  return items;
}

TEST_P(FindDrift, says_what_happened_and_nothing_else) {
  FakeCluster cluster("c1", kubernetes::field_schemas());
  json with_data = secret();
  with_data["data"]["c2"] = "QQ==";
  ASSERT_TRUE(cluster.apply(service_id, service()).has_value());
  ASSERT_TRUE(cluster.apply(secret_id, with_data).has_value());
  GetParam().happens(cluster);
  LiveState live;
  live.clusters["c1"] = cluster.read({service_id, secret_id});
  Snapshot snapshot;
  snapshot.time = "2026-11-02T00:00:00Z";
  json without_data = secret();
  without_data.erase("data");
  snapshot.clusters["c1"].objects = {{service_id, service()}, {secret_id, without_data}};
  const DesiredState all = desired();
  const Drift drift = find_drift({"prod", "abc", snapshot, all, live, kubernetes::field_schemas()});
  EXPECT_EQ(items_of(drift), GetParam().items);
  for (const DriftItem& item : drift.items) EXPECT_EQ(item.since, "2026-11-02T00:00:00Z");
}

const auto nothing = [](FakeCluster&) {};
const auto changed = [](FakeCluster& cluster) {
  cluster.update(service_id, "kubectl-edit", [](json& body) { body["spec"]["type"] = "NodePort"; });
};
const auto removed = [](FakeCluster& cluster) {
  cluster.update(service_id, "kubectl-label", [](json& body) { body["metadata"]["labels"].erase("a"); });
};
const auto added = [](FakeCluster& cluster) {
  cluster.update(service_id, "kubectl-edit", [](json& body) { body["spec"]["externalTrafficPolicy"] = "Local"; });
};
const auto applied_more = [](FakeCluster& cluster) {
  json more = service();
  more["spec"]["loadBalancerIP"] = "10.0.0.1";
  ASSERT_TRUE(cluster.apply(service_id, more).has_value());
};
const auto applied_other = [](FakeCluster& cluster) {
  json other = service();
  other["spec"]["type"] = "NodePort";
  ASSERT_TRUE(cluster.apply(service_id, other).has_value());
};
const auto leaves = [](FakeCluster& cluster) {
  cluster.update(service_id, "kubectl", [](json& body) {
    body["metadata"]["deletionTimestamp"] = "2026-11-02T00:00:01Z";
    body["metadata"]["finalizers"] = {"a/b"};
  });
};
const auto deleted = [](FakeCluster& cluster) { cluster.remove(service_id); };
const auto data_changed = [](FakeCluster& cluster) {
  cluster.update(secret_id, "kubectl-edit", [](json& body) { body["data"]["c2"] = "Qg=="; });
};
const auto data_removed = [](FakeCluster& cluster) {
  cluster.update(secret_id, "kubectl-edit", [](json& body) { body.erase("data"); });
};
const auto data_added = [](FakeCluster& cluster) {
  cluster.update(secret_id, "kubectl-edit", [](json& body) { body["data"]["c9"] = "Qg=="; });
};

INSTANTIATE_TEST_SUITE_P(
    Rows, FindDrift,
    ::testing::Values(
        Row{"nothing", nothing, {}},
        Row{"changed", changed, {R"(c1/gateway spec.type: "LoadBalancer" -> "NodePort" by kubectl-edit)"}},
        Row{"removed", removed, {R"(c1/gateway metadata.labels.a: "b" -> nothing by )"}},
        Row{"added_what_we_never_set", added, {}}, Row{"applied_more_by_an_unrecorded_apply", applied_more, {}},
        Row{"applied_otherwise_by_an_unrecorded_apply",
            applied_other,
            {R"(c1/gateway spec.type: "LoadBalancer" -> "NodePort" by mesh.prod)"}},
        Row{"leaves", leaves, {R"(c1/gateway metadata.deletionTimestamp: nothing -> "2026-11-02T00:00:01Z" by )"}},
        Row{"deleted", deleted, {"c1/gateway : nothing -> nothing by "}},
        Row{"data_changed", data_changed, {"c1/gateway data.c2: sensitive, changed by kubectl-edit"}},
        Row{"data_removed", data_removed, {"c1/gateway data.c2: sensitive, removed by "}},
        Row{"data_added", data_added, {"c1/gateway data.c9: sensitive, added by kubectl-edit"}}),
    [](const auto& row) { return row.param.name; });

TEST(FindDriftAddress, comes_from_the_recorded_plan_when_the_object_is_not_desired_any_more) {
  LiveState live;
  live.clusters["c1"] = FakeCluster("c1", kubernetes::field_schemas()).read({service_id});
  Snapshot snapshot;
  snapshot.clusters["c1"].objects = {{service_id, service()}};
  snapshot.plan_json = R"({"actions":[{"address":"c1/old","cluster":"c1","objects":[
      {"api_version":"v1","kind":"Service","namespace":"ns","name":"gw"}]}]})";
  const DesiredState none;
  const Drift drift = find_drift({"prod", "abc", snapshot, none, live, kubernetes::field_schemas()});
  ASSERT_EQ(drift.items.size(), 1U);
  EXPECT_EQ(drift.items[0].address.text, "c1/old");
}

TEST(FindDriftRecord, of_what_nothing_desires_any_more_is_compared_while_it_is_there) {
  FakeCluster cluster("c1", kubernetes::field_schemas());
  ASSERT_TRUE(cluster.apply(service_id, service()).has_value());
  changed(cluster);
  Snapshot snapshot;
  snapshot.clusters["c1"].objects = {{service_id, service()}, {secret_id, secret()}};
  const DesiredState none;
  LiveState live;
  live.clusters["c1"] = cluster.read({service_id, secret_id});
  const Drift drift = find_drift({"prod", "abc", snapshot, none, live, kubernetes::field_schemas()});
  // The Secret is gone, and neither the last plan nor the present desire names it.
  EXPECT_EQ(items_of(drift),
            (std::vector<std::string>{R"(c1 spec.type: "LoadBalancer" -> "NodePort" by kubectl-edit)"}));
  EXPECT_TRUE(drift.complete);
}

TEST(FindDriftClusters, that_nobody_chose_are_not_looked_at) {
  LiveState live;
  live.clusters["c1"].name = "c1";
  live.clusters["c1"].reading = Unreachable{Diagnostics{{.code = Code::exec_plugin_failed}}};
  Snapshot snapshot;
  snapshot.clusters["c1"].objects = {{service_id, service()}};
  const DesiredState none;
  DriftInput input{"prod", "abc", snapshot, none, live, kubernetes::field_schemas()};
  EXPECT_EQ(find_drift(input).clusters.size(), 1U);
  EXPECT_FALSE(has_errors(find_drift(input).diagnostics));
  input.exclude = {"c1"};
  EXPECT_TRUE(find_drift(input).clusters.empty());
  EXPECT_TRUE(find_drift(input).diagnostics.empty());
}

TEST(FindDriftReading, tells_once_what_could_not_be_read) {
  const Diagnostic denied{.code = Code::forbidden, .where = "cluster c1", .summary = "access is denied"};
  const ObjectId other_id{"v1", "Secret", "ns", "other"};
  LiveState live;
  live.clusters["c1"] = FakeCluster("c1", kubernetes::field_schemas()).read({service_id});
  live.clusters["c1"].unreadable[{"v1", "Secret", "ns", ""}] = {denied};
  Snapshot snapshot;
  snapshot.clusters["c1"].objects = {{secret_id, secret()}, {other_id, secret()}};
  const DesiredState all =
      testing::read_desired({{{"address", "c1/discovery/c2"}, {"objects", {{{"body", secret()}}}}}});
  DriftInput input{"prod", "abc", snapshot, all, live, kubernetes::field_schemas()};
  const Drift drift = find_drift(input);
  EXPECT_TRUE(drift.items.empty());
  EXPECT_FALSE(drift.complete);
  EXPECT_EQ(drift.unread, 2U);
  ASSERT_EQ(drift.diagnostics.size(), 1U);
  EXPECT_EQ(drift.diagnostics[0].severity, Severity::warning);
  // What nobody chose is not missed.
  input.only = {"c1/discovery/c2"};
  EXPECT_EQ(find_drift(input).unread, 1U);
  input.only = {"c1/gateway"};
  EXPECT_TRUE(find_drift(input).complete);
  EXPECT_TRUE(find_drift(input).diagnostics.empty());
  input.only.clear();
  input.exclude = {"c1/discovery/*", "c1"};
  EXPECT_TRUE(find_drift(input).complete);
}

TEST(FindDriftReading, of_a_cluster_that_nobody_knows_how_to_reach_is_not_complete) {
  Snapshot snapshot;
  snapshot.clusters["gone"].objects = {{service_id, service()}};
  snapshot.clusters["clean"] = {};
  const DesiredState none;
  const LiveState live;
  DriftInput input{"prod", "abc", snapshot, none, live, kubernetes::field_schemas()};
  EXPECT_FALSE(find_drift(input).complete);
  EXPECT_EQ(find_drift(input).unread, 1U);
  input.only = {"c1"};
  EXPECT_TRUE(find_drift(input).complete);
}

TEST(FindDriftClusters, that_cannot_be_read_are_listed_and_not_compared) {
  LiveState live;
  live.clusters["c1"].name = "c1";
  live.clusters["c1"].reading = Unreachable{Diagnostics{{.code = Code::timed_out}}};
  Snapshot snapshot;
  snapshot.clusters["c1"].objects = {{service_id, service()}};
  const DesiredState none;
  const Drift drift = find_drift({"prod", "abc", snapshot, none, live, kubernetes::field_schemas()});
  EXPECT_TRUE(drift.items.empty());
  ASSERT_EQ(drift.clusters.size(), 1U);
  EXPECT_FALSE(drift.clusters[0].reachable);
  EXPECT_FALSE(drift.complete);
}

}  // namespace
}  // namespace mesh
