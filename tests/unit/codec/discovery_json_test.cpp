#include "engine/codec/discovery_json.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

TEST(DiscoveryJson, writes_every_field) {
  const std::vector<DiscoveryEdge> edges = {
      {.from = "a",
       .to = "b",
       .id = "cn-b",
       .wanted = true,
       .secret = Answer::yes,
       .gateway = Answer::yes,
       .exposed = Answer::no,
       .replicas = {{.pod = "istiod-1",
                     .revision = "asm-1233-2",
                     .status = "synced",
                     .secret = "istio-system/s",
                     .endpoints = HeldEndpoints{2, 5},
                     .gateways = std::vector<std::string>{"203.0.113.7"}},
                    {.pod = "istiod-2", .status = "timeout", .fault = EdgeFault::timeout}},
       .verdict = EdgeVerdict::not_effective,
       .reason = "not every istiod"},
      {.from = "a", .id = "cn-x", .secret = Answer::no, .verdict = EdgeVerdict::unwanted, .reason = "r"}};
  EXPECT_EQ(nlohmann::json(discovery_json(edges)), nlohmann::json::parse(R"({
    "summary": {"effective": 0, "not_applied": 0, "not_effective": 1, "unwanted": 1, "unknown": 0},
    "edges": [
      {"from": "a", "to": "b", "cluster_id": "cn-b", "verdict": "not_effective", "reason": "not every istiod",
       "wanted": true, "secret": "yes", "gateway": "yes", "exposed": "no", "istiods": [
         {"pod": "istiod-1", "revision": "asm-1233-2", "status": "synced", "secret": "istio-system/s", "fault": null,
          "services": 2, "endpoints": 5, "gateways": ["203.0.113.7"]},
         {"pod": "istiod-2", "revision": null, "status": "timeout", "secret": null, "fault": "timeout",
          "services": null, "endpoints": null, "gateways": null}]},
      {"from": "a", "to": null, "cluster_id": "cn-x", "verdict": "unwanted", "reason": "r", "wanted": false,
       "secret": "no", "gateway": null, "exposed": null, "istiods": []}]})"));
}

TEST(DiscoveryJson, needs_no_gateway_within_one_network) {
  const auto document = discovery_json({{.from = "a", .to = "b", .wanted = true, .one_network = true}});
  EXPECT_TRUE(document.at("edges").at(0).at("gateway").is_null());
}

}  // namespace
}  // namespace mesh
