#include "engine/codec/snapshot_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/codec/yaml_reader.h"
#include "engine/codec/yaml_writer.h"

namespace mesh {
namespace {

using ::testing::HasSubstr;

Snapshot sample() {
  Snapshot snapshot{.spec_text = "version = 1\n",
                    .plan_digest = "p",
                    .spec_digest = "s",
                    .result = "done",
                    .time = "2026-11-22T09:54:00Z",
                    .plan_json = "{}\n",
                    .report_json = "{}\n"};
  const ObjectId service{"v1", "Service", "istio-system", "istio-eastwestgateway"};
  const ObjectId role{"rbac.authorization.k8s.io/v1", "ClusterRole", "", "mesh:reader"};
  ClusterSnapshot& dc1 = snapshot.clusters["dc1"];
  dc1.as_of = snapshot.time;
  dc1.uids = {{"kube-system", "0c6d"}};
  dc1.protect = true;
  dc1.objects[service] = nlohmann::json::parse(R"({
      "spec": {"type": "LoadBalancer", "selector": {"istio": "eastwestgateway"},
               "ports": [{"port": 15443, "name": "tls", "protocol": "TCP"}, {"port": 15021, "name": "status-port"}],
               "loadBalancerSourceRanges": ["10.0.0.0/8"], "empty": {}},
      "metadata": {"uid-like": "no", "annotations": {"a": "true"}, "name": "istio-eastwestgateway",
                   "labels": {"topology.istio.io/network": "0x1", "version": "1e3"}, "namespace": "istio-system"},
      "kind": "Service", "apiVersion": "v1"})");
  dc1.objects[role] = {
      {"apiVersion", role.api_version}, {"kind", role.kind}, {"metadata", {{"name", role.name}}}, {"rules", {{1, 2}}}};
  snapshot.clusters["old"].status = ClusterStatus::removed;
  snapshot.removed_specs["old"] = "was = 1\n";
  snapshot.rewritten = {{.cluster = "dc1",
                         .id = service,
                         .path = parse_field_path("spec.type"),
                         .sent = "LoadBalancer",
                         .stored = "ClusterIP"},
                        {.cluster = "dc1",
                         .id = service,
                         .path = parse_field_path("spec.empty"),
                         .sent = nullptr,
                         .stored = std::nullopt}};
  return snapshot;
}

TEST(SnapshotCodec, layout) {
  const auto files = encode_snapshot(sample());
  std::vector<std::string> paths;
  for (const auto& [path, bytes] : files) paths.push_back(path);
  EXPECT_THAT(paths, ::testing::ElementsAre("clusters/dc1/cluster.json", "clusters/dc1/clusterrole.mesh:reader.yaml",
                                            "clusters/dc1/service.istio-system.istio-eastwestgateway.yaml",
                                            "clusters/old/cluster.json", "clusters/old/spec.toml", "plan.json",
                                            "report.json", "rewritten.json", "snapshot.json", "spec.toml"));
  EXPECT_EQ(files.at("clusters/dc1/service.istio-system.istio-eastwestgateway.yaml"), R"(apiVersion: v1
kind: Service
metadata:
  name: istio-eastwestgateway
  namespace: istio-system
  labels:
    topology.istio.io/network: "0x1"
    version: "1e3"
  annotations:
    a: "true"
  uid-like: "no"
spec:
  empty: {}
  loadBalancerSourceRanges:
  - "10.0.0.0/8"
  ports:
  - name: tls
    port: 15443
    protocol: TCP
  - name: status-port
    port: 15021
  selector:
    istio: eastwestgateway
  type: LoadBalancer
)");
}

TEST(SnapshotCodec, values_of_secrets_are_never_written) {
  Snapshot snapshot = sample();
  const ObjectId id{"v1", "Secret", "istio-system", "s"};
  snapshot.clusters["dc1"].objects[id] = {{"apiVersion", "v1"},
                                          {"kind", "Secret"},
                                          {"metadata", {{"name", "s"}, {"namespace", "istio-system"}}},
                                          {"data", {{"dc2", "hunter2"}}}};
  for (const auto& [path, bytes] : encode_snapshot(snapshot)) EXPECT_THAT(bytes, ::testing::Not(HasSubstr("hunter2")));
}

TEST(SnapshotCodec, two_api_groups_with_one_kind_and_name) {
  Snapshot snapshot = sample();
  for (const char* version : {"networking.istio.io/v1", "gateway.networking.k8s.io/v1"}) {
    const ObjectId id{version, "Gateway", "istio-system", "g"};
    snapshot.clusters["dc1"].objects[id] = {
        {"apiVersion", version}, {"kind", "Gateway"}, {"metadata", {{"name", "g"}, {"namespace", "istio-system"}}}};
  }
  const Result<Snapshot> back = decode_snapshot(encode_snapshot(snapshot));
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, snapshot);
}

struct BadCase {
  const char* name;
  const char* file;
  const char* bytes;  // null: the file is taken away
  const char* words;
};

class SnapshotCodecErrors : public ::testing::TestWithParam<BadCase> {};

TEST_P(SnapshotCodecErrors, names_the_file) {
  auto files = encode_snapshot(sample());
  if (GetParam().bytes == nullptr) {
    files.erase(GetParam().file);
  } else {
    files[GetParam().file] = GetParam().bytes;
  }
  const Result<Snapshot> back = decode_snapshot(files);
  ASSERT_FALSE(back);
  ASSERT_EQ(back.error().size(), 1U);
  EXPECT_EQ(back.error()[0].code, Code::snapshot_invalid);
  ASSERT_TRUE(back.error()[0].at);
  EXPECT_EQ(back.error()[0].at->file, GetParam().file);
  EXPECT_THAT(back.error()[0].cause, HasSubstr(GetParam().words));
}

constexpr const char* service_file = "clusters/dc1/service.istio-system.istio-eastwestgateway.yaml";

INSTANTIATE_TEST_SUITE_P(
    Table, SnapshotCodecErrors,
    ::testing::Values(BadCase{"no_spec", "spec.toml", nullptr, "missing"},
                      BadCase{"no_head", "snapshot.json", nullptr, "missing"},
                      BadCase{"head_syntax", "snapshot.json", "{", "unexpected end"},
                      BadCase{"head_format", "snapshot.json", R"({"format":"mesh.snapshot/v9"})", "v9"},
                      BadCase{"status", "clusters/dc1/cluster.json", R"({"status":"fine","as_of":null})", "fine"},
                      BadCase{"yaml_syntax", service_file, "a: [", "did not find"},
                      BadCase{"yaml_twice", service_file, "a: 1\na: 2\n", "`a` is there twice"},
                      BadCase{"yaml_identity", service_file, "kind: Service\n", "no apiVersion"},
                      BadCase{"yaml_same_object", "clusters/dc1/x.yaml",
                              "apiVersion: v1\nkind: Service\n"
                              "metadata: {name: istio-eastwestgateway, namespace: istio-system}\n",
                              "same object"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh
