#include <fmt/format.h>

#include "engine/base/json.h"
#include "providers/istio/checks/label_selector.h"
#include "providers/istio/checks/themes.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

bool listens_on_15443(const Object& gateway) {
  for (const json& server : list_at(gateway.body, {"spec", "servers"})) {
    const json* number = find_field(server, {"port", "number"});
    if (number != nullptr && *number == 15443) return true;
  }
  return false;
}

}  // namespace

/// The kind's own versions, not those of its group (istio-facts 4).
void check_gateway_versions(const ClusterView& cluster, Findings& found) {
  const Object* definition = cluster.find(Topic::gateway_definition, "gateways.networking.istio.io");
  const ObjectId id{"apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "gateways.networking.istio.io"};
  std::string served;
  if (definition != nullptr) {
    for (const json& version : list_at(definition->body, {"spec", "versions"})) {
      const json* is_served = member(&version, "served");
      if (is_served == nullptr || *is_served != true) continue;
      served += fmt::format("{}{}", served.empty() ? "" : ", ", text_at(version, "name"));
      for (const char* known : gateway_versions) {
        if (text_at(version, "name") == known) return;
      }
    }
  }
  found.push_back({.object = id,
                   .read = definition == nullptr ? std::string("it does not exist")
                                                 : fmt::format("versions that are served: {}", served),
                   .means = "mesh cannot write the Gateway that opens the services of this cluster",
                   .hint = "install Istio's custom resource definitions"});
}

/// istiod of another Gateway on the same pods and port gives Envoy equal filter chains (istio-facts 4).
void check_gateways_overlap(const ClusterView& cluster, Findings& found) {
  const json pods = {{"app", gateway_name}, {"istio", gateway_selector}};
  for (const Object& gateway : cluster.objects(Topic::gateways)) {
    // What this mesh made elsewhere goes by the rule of removal: it must not hold back the plan that says so.
    if (created_by_mesh(gateway, cluster.spec.mesh.name)) continue;
    if (gateway.id.ns == cluster.ns() && gateway.id.name == expose_name) continue;
    if (!listens_on_15443(gateway) || !selects_all_of(find_field(gateway.body, {"spec", "selector"}), pods)) continue;
    found.push_back(
        {.object = gateway.id,
         .read = fmt::format("it opens port 15443 on the pods of {}, as {} does", gateway_name, expose_name),
         .means = "where hosts overlap, Envoy refuses the whole listener and no call gets in",
         .hint = fmt::format("kubectl -n {} delete gateways.networking.istio.io {}", gateway.id.ns, gateway.id.name)});
  }
}

}  // namespace mesh::istio
