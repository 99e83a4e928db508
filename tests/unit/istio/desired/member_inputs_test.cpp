#include <gtest/gtest.h>

#include "providers/istio/desired/names.h"
#include "tests/support/foreign_write.h"

namespace mesh::testing {
namespace {

using nlohmann::json;

TEST(MemberInputs, what_lets_others_delete_an_object_is_taken_away) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  const std::string ns = "istio-system";
  const std::pair<ObjectId, const char*> objects[] = {{istio::reader_role_id(ns), "a/reader update"},
                                                      {istio::reader_binding_id(ns), "a/reader update"},
                                                      {istio::gateway_account_id(ns), "a/gateway update"},
                                                      {istio::gateway_deployment_id(ns), "a/gateway update"},
                                                      {istio::gateway_service_id(ns), "a/gateway update"},
                                                      {istio::gateway_scaler_id(ns), "a/gateway update"},
                                                      {istio::gateway_budget_id(ns), "a/gateway update"},
                                                      {istio::expose_id(ns, "v1"), "a/expose update"},
                                                      {istio::remote_secret_id(ns, "cn-b"), "a/discovery/b update"}};
  for (const auto& [id, line] : objects) {
    const ForeignWrite write{id.kind.c_str(), id, [](json& body) {
                               json& metadata = body["metadata"];
                               metadata["labels"]["operator.istio.io/component"] = "Pilot";
                               metadata["labels"]["applyset.kubernetes.io/part-of"] = "x";
                               metadata["ownerReferences"] = json::array(
                                   {json{{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"name", "x"}, {"uid", "1"}}});
                             }};
    expect_taken_away(world, write, line);
  }
}

}  // namespace
}  // namespace mesh::testing
