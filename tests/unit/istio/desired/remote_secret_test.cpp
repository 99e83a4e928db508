#include <gtest/gtest.h>

#include "providers/istio/desired/names.h"
#include "tests/support/foreign_write.h"

namespace mesh::testing {
namespace {

using nlohmann::json;

TEST(RemoteSecret, one_that_cannot_change_is_made_again) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  FakeCluster& cluster = world.clients.at("a").cluster;
  const ObjectId secret = istio::remote_secret_id("istio-system", "cn-b");
  cluster.update(secret, "kubectl-edit", [](json& body) { body["immutable"] = true; });
  const Plan plan = world.plan();
  EXPECT_EQ(lines_of(plan), std::vector<std::string>{"a/discovery/b replace"});
  world.apply(plan);
  EXPECT_FALSE(cluster.find(secret)->body->contains("immutable"));
  EXPECT_THAT(lines_of(world.plan()), ::testing::IsEmpty());
}

}  // namespace
}  // namespace mesh::testing
