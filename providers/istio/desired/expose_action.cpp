#include "providers/istio/desired/expose_action.h"

#include <fmt/format.h>

#include "providers/istio/desired/names.h"

namespace mesh::istio {

/// Opens the services of the mesh on the gateway, by SNI and without ending TLS (istio-facts 4). Hosts must be exactly
/// `*.local`: another Gateway with overlapping hosts makes Envoy reject the listener.
DesiredAction expose_action(const MemberInputs& member) {
  using nlohmann::json;
  const ObjectId id = expose_id(member.mesh.system_namespace, member.gateway_version);
  DesiredObject object{.id = id, .body = owned_body(member.mesh, id)};
  json server = {{"port", {{"number", 15443}, {"name", "tls"}, {"protocol", "TLS"}}},
                 {"tls", {{"mode", "AUTO_PASSTHROUGH"}}},
                 {"hosts", json::array({"*.local"})}};
  object.body["spec"] = {{"selector", {{"istio", gateway_selector}}}, {"servers", json::array({std::move(server)})}};
  // A selector is one condition: a key of others in it selects no pod of the gateway.
  object.exclusive = {{FieldName{"spec"}, FieldName{"selector"}}};
  // An istiod of another revision ignores what has the first; the second takes the place of the selector.
  object.forbidden = {metadata_path("labels", revision_label),
                      metadata_path("annotations", "internal.istio.io/gateway-service")};
  forbid_pruning(object);
  DesiredAction action{.address = address_of(member.cluster.name, ActionKind::expose),
                       .kind = ActionKind::expose,
                       .cluster = member.cluster.name,
                       .presence = member.presence,
                       .depends_on = {address_of(member.cluster.name, ActionKind::gateway)}};
  action.objects.push_back(std::move(object));
  // Of a cluster that leaves, the removals of the ways to it tell what is cut.
  if (member.presence == Presence::absent) return action;
  for (const std::string& caller : member.callers) {
    action.paths.push_back(fmt::format("{} -> {}", caller, member.cluster.name));
  }
  return action;
}

}  // namespace mesh::istio
