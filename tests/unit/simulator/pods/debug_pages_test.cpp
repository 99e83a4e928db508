#include "providers/simulator/pods/debug_pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/simulator/bed.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(DebugPages, clusters_with_their_secrets_and_states) {
  Bed bed;
  bed.api["* c"] = ApiProbe::Answer::forbidden;
  const SimulatedClusters clusters = bed.clusters();
  const TrafficModel model(clusters);
  EXPECT_EQ(json(clusterz(*model.view("a"))), json::parse(R"([
    {"id": "id-a", "secretName": "", "syncStatus": "synced"},
    {"id": "id-b", "secretName": "istio-system/istio-remote-secret-id-b", "syncStatus": "synced"},
    {"id": "id-c", "secretName": "istio-system/istio-remote-secret-id-c", "syncStatus": "timeout"}])"));
  EXPECT_THAT(metrics(*model.view("a"), "1.23.3"), HasSubstr("istiod_managed_clusters{cluster_type=\"remote\"} 2\n"));
  EXPECT_THAT(metrics(*model.view("a"), "1.23.3"),
              HasSubstr("remote_cluster_sync_timeouts_total{cluster=\"id-c\"} 1\n"));
}

TEST(DebugPages, networks_with_their_gateways) {
  const Bed bed({"a", "b"});
  const SimulatedClusters clusters = bed.clusters();
  const json found = networkz(*TrafficModel(clusters).view("a"));
  ASSERT_EQ(found.size(), 2);
  EXPECT_EQ(found[1]["Network"], "net-b");
  EXPECT_EQ(found[1]["Cluster"], "id-b");
  EXPECT_EQ(found[1]["Addr"], "198.18.2.1");
  EXPECT_EQ(found[1]["Port"], 15443);
}

TEST(DebugPages, endpoints_by_cluster) {
  const Bed bed({"a", "b"});
  const SimulatedClusters clusters = bed.clusters();
  const TrafficModel model(clusters);
  const json shards = endpoint_shardz(*model.view("a"))["helloworld.sample.svc.cluster.local"]["sample"]["Shards"];
  ASSERT_TRUE(shards.contains("Kubernetes/id-b"));
  EXPECT_EQ(shards["Kubernetes/id-b"][0]["Network"], "net-b");
  EXPECT_EQ(shards["Kubernetes/id-b"][0]["EndpointPort"], 5000);
  EXPECT_EQ(debug_page(*model.view("a"), "/debug/endpointz").status, 200);
  EXPECT_EQ(debug_page(*model.view("a"), "/debug/nothing").status, 404);
}

}  // namespace
}  // namespace mesh::simulator
