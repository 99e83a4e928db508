#include <gtest/gtest.h>

#include "providers/istio/desired/names.h"
#include "tests/support/foreign_write.h"

namespace mesh::testing {
namespace {

using nlohmann::json;

TEST(ReaderAction, what_widens_or_ends_the_rights_is_taken_away) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  const ObjectId role = istio::reader_role_id("istio-system");
  const auto aggregated_to = [&](const std::string& others) {
    return [others](json& body) {
      body["metadata"]["labels"]["rbac.authorization.k8s.io/aggregate-to-" + others] = "true";
    };
  };
  const ForeignWrite writes[] = {
      {"a rule", role,
       [](json& body) {
         body["rules"].push_back({{"apiGroups", {"*"}}, {"resources", {"*"}}, {"verbs", {"*"}}});
       }},
      {"rules of others", role,
       [](json& body) {
         body["aggregationRule"] = {{"clusterRoleSelectors", json::array({json::object()})}};
       }},
      {"for all who view", role, aggregated_to("view")},
      {"for all who edit", role, aggregated_to("edit")},
      {"for all administrators", role, aggregated_to("admin")},
      {"a subject", istio::reader_binding_id("istio-system"),
       [](json& body) {
         body["subjects"].push_back({{"kind", "User"}, {"name", "guest"}});
       }},
      {"a token that is refused", istio::token_secret_id("istio-system"),
       [](json& body) { body["metadata"]["labels"]["kubernetes.io/legacy-token-invalid-since"] = "2026-01-01"; }},
  };
  for (const ForeignWrite& one : writes) expect_taken_away(world, one, "a/reader update");
}

}  // namespace
}  // namespace mesh::testing
