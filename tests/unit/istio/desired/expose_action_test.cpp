#include <gtest/gtest.h>

#include "providers/istio/desired/names.h"
#include "tests/support/foreign_write.h"

namespace mesh::testing {
namespace {

using nlohmann::json;

TEST(ExposeAction, what_makes_istiod_ignore_the_gateway_is_taken_away) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  const ObjectId gateway = istio::expose_id("istio-system", "v1");
  ASSERT_NE(world.clients.at("a").cluster.find(gateway), nullptr);
  const ForeignWrite writes[] = {
      {"a key in the selector", gateway, [](json& body) { body["spec"]["selector"]["team"] = "x"; }},
      {"a server", gateway, [](json& body) { body["spec"]["servers"].push_back(body["spec"]["servers"][0]); }},
      {"another revision", gateway, [](json& body) { body["metadata"]["labels"]["istio.io/rev"] = "other"; }},
      {"other pods", gateway,
       [](json& body) {
         body["metadata"]["annotations"] = {{"internal.istio.io/gateway-service", "other"}};
       }},
  };
  for (const ForeignWrite& one : writes) expect_taken_away(world, one, "a/expose update");
}

}  // namespace
}  // namespace mesh::testing
