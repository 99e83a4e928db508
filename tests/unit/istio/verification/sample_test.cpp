#include "providers/istio/verification/sample.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace mesh::istio {
namespace {

Spec full_mesh(int count) {
  Spec spec;
  for (int i = 0; i < count; ++i) spec.clusters[fmt::format("c{:03}", i)] = {};
  for (auto& [name, cluster] : spec.clusters) {
    cluster.name = name;
    for (const auto& [peer, unused] : spec.clusters) {
      if (peer != name) cluster.peers.push_back(peer);
    }
  }
  return spec;
}

TEST(Sample, IsEveryClusterOfASmallMesh) {
  EXPECT_EQ(sample_clusters(full_mesh(3), 8), (std::vector<std::string>{"c000", "c001", "c002"}));
}

TEST(Sample, IsSpreadOverALargeMesh) {
  const auto chosen = sample_clusters(full_mesh(250), 8);
  EXPECT_EQ(chosen, (std::vector<std::string>{"c000", "c001", "c036", "c072", "c107", "c143", "c178", "c214"}));
}

TEST(Sample, HasTheHubAndItsSpokes) {
  Spec spec = full_mesh(20);
  for (auto& [name, cluster] : spec.clusters) {
    if (name != "c019") cluster.peers = {"c019"};
  }
  const auto chosen = sample_clusters(spec, 4);
  EXPECT_EQ(chosen, (std::vector<std::string>{"c000", "c006", "c012", "c019"}));
}

TEST(Sample, IsThereWithoutPeersToo) {
  Spec spec = full_mesh(10);
  for (auto& [name, cluster] : spec.clusters) cluster.peers.clear();
  EXPECT_EQ(sample_clusters(spec, 3), (std::vector<std::string>{"c000", "c005"}));
}

}  // namespace
}  // namespace mesh::istio
