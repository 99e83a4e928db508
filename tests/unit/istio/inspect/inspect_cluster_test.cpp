#include "providers/istio/inspect/inspect_cluster.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/istio/injector.h"

namespace mesh::istio {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

void add(ClusterState& live, const json& body) {
  auto object = object_from_json(body);
  ASSERT_TRUE(object) << body;
  ObjectId id = object->id;
  live.found.insert_or_assign(std::move(id), std::move(*object));
}

json named(const char* version, const char* kind, const char* name, json more = json::object()) {
  json body = {{"apiVersion", version}, {"kind", kind}, {"metadata", {{"name", name}, {"namespace", "istio-system"}}}};
  body.merge_patch(more);
  return body;
}

json istiod(const json& env = json::array()) {
  return named("apps/v1", "Deployment", "istiod",
               {{"metadata", {{"labels", {{"app", "istiod"}}}}},
                {"spec", {{"template", {{"spec", {{"containers", json::array({{{"name", "d"}, {"env", env}}})}}}}}}}});
}

struct AuthorityRow {
  const char* name;
  const char* mesh;
  const char* values;
  json env;
  CertificateAuthority ca;
  const char* from;
};

class InspectClusterAuthority : public ::testing::TestWithParam<AuthorityRow> {};

TEST_P(InspectClusterAuthority, by_what_proxies_istiod_and_injector_say) {
  ClusterState live;
  add(live, istiod(GetParam().env));
  add(live, named("v1", "ConfigMap", "istio", {{"data", {{"mesh", GetParam().mesh}}}}));
  add(live, named("v1", "ConfigMap", "istio-sidecar-injector", {{"data", {{"values", GetParam().values}}}}));
  const FoundCluster found = inspect_cluster(live, {});
  ASSERT_EQ(found.planes.size(), 1U);
  EXPECT_EQ(found.planes.front().ca, GetParam().ca);
  EXPECT_EQ(found.planes.front().ca_from, GetParam().from);
}

const AuthorityRow authorities[] = {
    {"nothing_said", "", "", json::array(), CertificateAuthority::istio_ca, ""},
    {"no_yaml", "a: [", "no JSON", json::array(), CertificateAuthority::istio_ca, ""},
    {"proxies", "defaultConfig: {proxyMetadata: {CA_PROVIDER: GoogleCAS}}", "", json::array(),
     CertificateAuthority::ca_service, "proxyMetadata.CA_PROVIDER is GoogleCAS"},
    {"proxies_first", "defaultConfig: {proxyMetadata: {CA_PROVIDER: Citadel}}",
     R"({"global": {"caAddress": "meshca.googleapis.com:443"}})", json::array(), CertificateAuthority::istio_ca,
     "proxyMetadata.CA_PROVIDER is Citadel"},
    {"istiod", "", "", json::array({{{"name", "CA_PROVIDER"}, {"value", "GoogleCA"}}}), CertificateAuthority::mesh_ca,
     "istiod's CA_PROVIDER is GoogleCA"},
    {"injector", "", R"({"global": {"caAddress": "privateca.googleapis.com:443"}})", json::array(),
     CertificateAuthority::ca_service, "the injector's caAddress is privateca.googleapis.com:443"},
    {"address_of_istiod", "", "", json::array({{{"name", "CA_ADDR"}, {"value", "meshca.googleapis.com:443"}}}),
     CertificateAuthority::mesh_ca, "istiod's CA_ADDR is meshca.googleapis.com:443"},
};

INSTANTIATE_TEST_SUITE_P(Places, InspectClusterAuthority, ::testing::ValuesIn(authorities),
                         [](const auto& row) { return row.param.name; });

TEST(InspectCluster, the_fleet_is_in_the_membership) {
  ClusterState live;
  add(live, istiod());
  const auto with = [&](const json& spec) {
    json body = {{"apiVersion", "hub.gke.io/v1"}, {"kind", "Membership"}, {"metadata", {{"name", "membership"}}}};
    body["spec"] = spec;
    add(live, body);
    return inspect_cluster(live, {}).fleet.value_or(FoundFleet{});
  };
  EXPECT_EQ(inspect_cluster(live, {}).fleet, std::nullopt);
  EXPECT_EQ(with({{"owner", {{"id", "//gkehub.googleapis.com/projects/acme-fleet/locations/global/memberships/dc1"}}}}),
            (FoundFleet{"acme-fleet", "dc1"}));
  EXPECT_EQ(with({{"identity_provider", "https://gkehub.googleapis.com/projects/12/locations/global/memberships/x"},
                  {"workload_identity_pool", "acme-fleet.svc.id.goog"}}),
            (FoundFleet{"acme-fleet", "x"}));
}

TEST(InspectCluster, a_gateway_is_known_by_its_objects) {
  ClusterState live;
  add(live, istiod());
  EXPECT_EQ(inspect_cluster(live, {}).gateway, std::nullopt);
  add(live, named("apps/v1", "Deployment", "istio-eastwestgateway",
                  {{"spec",
                    {{"replicas", 3},
                     {"selector", {{"matchLabels", {{"topology.istio.io/network", "dc1"}}}}},
                     {"template", {{"metadata", {{"labels", {{"istio.io/rev", "r"}}}}}}}}}}));
  add(live,
      named("v1", "Service", "istio-eastwestgateway",
            {{"metadata", {{"labels", {{"topology.istio.io/network", "dc2"}}}, {"annotations", {{"a", "b"}}}}},
             {"spec",
              {{"type", "LoadBalancer"}, {"loadBalancerIP", "10.0.0.1"}, {"loadBalancerSourceRanges", {"10.0.0.0/8"}}}},
             {"status", {{"loadBalancer", {{"ingress", json::array({{{"ip", "10.0.0.1"}}, {{"hostname", "h"}}})}}}}}}));
  add(live, named("autoscaling/v2", "HorizontalPodAutoscaler", "istio-eastwestgateway",
                  {{"spec", {{"minReplicas", 2}, {"maxReplicas", 7}}}}));
  const FoundGateway found = inspect_cluster(live, {}).gateway.value();
  EXPECT_EQ(found, (FoundGateway{.selector_network = "dc1",
                                 .revision = "r",
                                 .replicas = 3,
                                 .scaler = ReplicaRange{2, 7},
                                 .has_service = true,
                                 .service_type = "LoadBalancer",
                                 .service_network = "dc2",
                                 .annotations = {{"a", "b"}},
                                 .load_balancer_ip = "10.0.0.1",
                                 .source_ranges = {"10.0.0.0/8"},
                                 .addresses = {"10.0.0.1", "h"}}));
}

TEST(InspectCluster, what_others_left_is_named) {
  ClusterState live;
  add(live, istiod());
  add(live, named("v1", "Service", "other", {{"metadata", {{"labels", {{"topology.istio.io/network", "dc1"}}}}}}));
  const json ours = {
      {"app.kubernetes.io/managed-by", "mesh"}, {"mesh-engine.dev/mesh", "prod"}, {"istio/multiCluster", "true"}};
  add(live, named("v1", "Secret", "istio-remote-secret-b",
                  {{"metadata",
                    {{"labels", ours},
                     {"annotations",
                      {{"networking.istio.io/cluster", "id-b"},
                       {"mesh-engine.dev/peer", "b"},
                       {"mesh-engine.dev/server", "https://b"}}}}}}));
  const FoundCluster found = inspect_cluster(live, {});
  EXPECT_THAT(found.other_gateways, ElementsAre("istio-system/other"));
  EXPECT_THAT(found.meshes, ElementsAre("prod"));
  EXPECT_THAT(found.remote_secrets,
              ElementsAre(FoundRemoteSecret{"istio-remote-secret-b", {"id-b"}, "prod", "b", "https://b"}));
}

TEST(InspectCluster, clusters_of_mesh_sim_are_told_apart) {
  ClusterState live;
  add(live, istiod());
  const auto is_simulated = [&](const char* server) {
    live.server = server;
    return inspect_cluster(live, {}).simulated;
  };
  EXPECT_TRUE(is_simulated("https://127.0.0.1:4444/clusters/c1"));
  EXPECT_FALSE(is_simulated("https://127.0.0.1:6443"));
  EXPECT_FALSE(is_simulated("https://rancher.example/k8s/clusters/c1"));
  json node = {{"apiVersion", "v1"}, {"kind", "Node"}, {"metadata", {{"name", "n"}}}};
  node["spec"]["providerID"] = "simulated://n";
  add(live, node);
  EXPECT_TRUE(is_simulated("https://127.0.0.1:6443"));
}

TEST(InspectCluster, without_istiod_there_is_nothing_to_say) {
  const FoundCluster found = inspect_cluster({.server = "https://a"}, {.name = "a"});
  EXPECT_EQ(found.context.server, "https://a");
  EXPECT_THAT(found.planes, IsEmpty());
  EXPECT_EQ(system_namespace_in({}), "");
}

}  // namespace
}  // namespace mesh::istio
