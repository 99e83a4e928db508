#include "providers/istio/desired/network_action.h"

#include <fmt/format.h>

#include "engine/base/json.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {

std::optional<std::string> other_mesh_in(const MemberInputs& member) {
  if (member.live == nullptr) return std::nullopt;
  std::optional<std::string> other;
  for (const auto& [id, object] : member.live->found) {
    if (!id.ns.empty() && id.ns != member.mesh.system_namespace) continue;
    if (created_by_mesh(object, member.mesh.name)) return std::nullopt;
    const std::string mesh = text_at(object.body, {"metadata", "labels", mesh_label});
    if (!mesh.empty() && created_by_mesh(object, mesh)) other = mesh;
  }
  return other;
}

Diagnostic network_of_other_mesh(const MemberInputs& member, const std::string& other) {
  return {
      .code = Code::belongs_to_other_mesh,
      .where = fmt::format("cluster {}", member.cluster.name),
      .summary = "control plane belongs to another mesh",
      .cause = fmt::format("what is in namespace {} was created by mesh {}", member.mesh.system_namespace, other),
      .hint = fmt::format("where the mesh got another name, put `name = \"{}\"` back, `mesh destroy`, then change the "
                          "name; or take its objects over one by one, with the commands that are told of each",
                          other)};
}

/// The label tells every istiod, this one and those of the peers, the network of endpoints that no pod label decides
/// (istio-facts 2). Changing it recomputes all endpoints at once: the ways in from outside go through another gateway
/// meanwhile.
DesiredAction network_action(const MemberInputs& member) {
  const ObjectId id = namespace_id(member.mesh.system_namespace);
  DesiredAction action{.address = address_of(member.cluster.name, ActionKind::network),
                       .kind = ActionKind::network,
                       .cluster = member.cluster.name,
                       .presence = member.presence};
  if (member.presence == Presence::absent && other_mesh_in(member)) return action;
  DesiredObject object{.id = id, .ownership = Ownership::foreign};
  object.body = {{"apiVersion", id.api_version},
                 {"kind", id.kind},
                 {"metadata", {{"name", id.name}, {"labels", {{network_label, member.cluster.network}}}}}};
  action.objects.push_back(std::move(object));
  // Of a cluster that leaves, the removals of the ways to it tell what is cut.
  if (member.presence == Presence::absent) return action;
  for (const std::string& caller : member.callers) {
    action.paths.push_back(fmt::format("{} -> {}", caller, member.cluster.name));
  }
  action.interrupting.push_back(metadata_path("labels", network_label));
  return action;
}

}  // namespace mesh::istio
