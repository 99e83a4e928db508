#include "engine/rehearse/cluster_copy.h"

#include <gtest/gtest.h>

#include "tests/unit/rehearse/two_clusters.h"

namespace mesh::rehearse {
namespace {

std::uint64_t version_of(const testing::TwoClusters& mesh, const std::string& resource, const std::string& ns,
                         const std::string& name) {
  const auto found = mesh.simulation->api("c1").find(resource, ns, name);
  EXPECT_TRUE(found) << name;
  return found ? found->version : 0;
}

/// A token Secret whose account is not there is deleted as soon as a controller looks. The role is written once.
TEST(ClusterCopy, accounts_come_first) {
  testing::TwoClusters applied;
  applied.apply();
  const ClusterCopy copy = copy_of(applied.read(), applied.spec.clusters);
  testing::TwoClusters mesh;
  ASSERT_TRUE(load_copy(*mesh.simulation, mesh.spec, copy, mesh.clock, {}));
  EXPECT_LT(version_of(mesh, "serviceaccounts", "istio-system", "istio-eastwestgateway"),
            version_of(mesh, "clusterroles.rbac.authorization.k8s.io", "", "mesh-istio-reader-istio-system"));
}

}  // namespace
}  // namespace mesh::rehearse
