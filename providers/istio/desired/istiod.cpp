#include "providers/istio/desired/istiod.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/base/json.h"
#include "engine/model/field_path.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

std::string place(const ClusterSpec& cluster) { return fmt::format("cluster {}", cluster.name); }

Diagnostic namespace_missing(const MeshSpec& mesh, const ClusterSpec& cluster) {
  return {.code = Code::namespace_missing,
          .where = place(cluster),
          .summary = "system namespace is missing",
          .cause = fmt::format("there is no namespace `{}`", mesh.system_namespace),
          .hint = "install the control plane first, or correct `mesh.namespace`"};
}

Diagnostic control_plane_missing(const MeshSpec& mesh, const ClusterSpec& cluster,
                                 const std::set<std::string>& revisions) {
  const std::string desired = mesh.revision == auto_revision ? "" : fmt::format(" of revision `{}`", mesh.revision);
  const std::string found = revisions.empty() ? "" : fmt::format("; found: {}", fmt::join(revisions, ", "));
  return {.code = Code::control_plane_missing,
          .where = place(cluster),
          .summary = "control plane is missing",
          .cause = fmt::format("no Deployment with label app=istiod{} in namespace `{}`{}", desired,
                               mesh.system_namespace, found),
          .hint = revisions.empty() ? "install Istio or Anthos Service Mesh in this cluster first"
                                    : "correct `mesh.revision`, or install that revision"};
}

Diagnostic revision_ambiguous(const MeshSpec& mesh, const ClusterSpec& cluster,
                              const std::set<std::string>& revisions) {
  return {.code = Code::revision_ambiguous,
          .where = place(cluster),
          .summary = "revision is ambiguous",
          .cause = fmt::format("namespace `{}` holds istiods of several revisions: {}", mesh.system_namespace,
                               fmt::join(revisions, ", ")),
          .hint = "name one of them in `mesh.revision`"};
}

/// Multi-primary traffic works all the same, but rules on `topology.istio.io/cluster` match nothing (istio-facts 6.6).
Diagnostic cluster_id_mismatch(const ClusterSpec& cluster, const Istiod& istiod) {
  return {.code = Code::cluster_id_mismatch,
          .severity = Severity::warning,
          .where = place(cluster),
          .summary = "istiod knows its cluster by another id",
          .cause = fmt::format("CLUSTER_ID of Deployment {} is `{}`, the spec says `{}`", istiod.deployment,
                               istiod.cluster_id, cluster.id),
          .hint = fmt::format("set `cluster.{}.id = \"{}\"`", cluster.name, istiod.cluster_id)};
}

void judge_istiods(ControlPlane& plane, const MeshSpec& mesh, const ClusterSpec& cluster,
                   const std::vector<Istiod>& istiods) {
  std::set<std::string> revisions;
  for (const Istiod& istiod : istiods) revisions.insert(istiod.revision);
  const bool automatic = mesh.revision == auto_revision;
  if (revisions.empty() || (!automatic && !revisions.contains(mesh.revision))) {
    plane.ready = false;
    plane.diagnostics.push_back(control_plane_missing(mesh, cluster, revisions));
    return;
  }
  if (automatic && revisions.size() > 1) {
    plane.ready = false;
    plane.diagnostics.push_back(revision_ambiguous(mesh, cluster, revisions));
    return;
  }
  const std::string revision = automatic ? *revisions.begin() : mesh.revision;
  plane.revision = revision == default_revision ? "" : revision;
  for (const Istiod& istiod : istiods) {
    if (istiod.revision != revision || istiod.cluster_id.empty() || istiod.cluster_id == cluster.id) continue;
    plane.diagnostics.push_back(cluster_id_mismatch(cluster, istiod));
    return;
  }
}

}  // namespace

std::string env_of(const json& deployment, const std::string& name) {
  for (const json& container : list_at(deployment, {"spec", "template", "spec", "containers"})) {
    const FieldPath path = {FieldName{"env"}, ListKey{{{"name", name}}}, FieldName{"value"}};
    if (std::string value = text_of(find_value(container, path)); !value.empty()) return value;
  }
  return {};
}

std::vector<Istiod> istiods_of(const ClusterState& live, const std::string& system_namespace) {
  std::vector<Istiod> found;
  for (auto it = live.found.lower_bound(istiods_id(system_namespace)); it != live.found.end(); ++it) {
    const auto& [id, object] = *it;
    if (id.kind != "Deployment" || id.ns != system_namespace) break;
    if (text_at(object.body, {"metadata", "labels", "app"}) != "istiod") continue;
    std::string revision = env_of(object.body, "REVISION");
    if (revision.empty()) revision = text_at(object.body, {"metadata", "labels", revision_label});
    if (revision.empty()) revision = default_revision;
    found.push_back({id.name, std::move(revision), env_of(object.body, "CLUSTER_ID")});
  }
  return found;
}

ControlPlane control_plane_of(const MeshSpec& mesh, const ClusterSpec& cluster, const ClusterState* live) {
  ControlPlane plane;
  if (mesh.revision != auto_revision && mesh.revision != default_revision) plane.revision = mesh.revision;
  if (live == nullptr || !live->answered()) return plane;
  if (std::holds_alternative<Absent>(live->observe(namespace_id(mesh.system_namespace)))) {
    plane.has_namespace = plane.ready = false;
    plane.diagnostics.push_back(namespace_missing(mesh, cluster));
    return plane;
  }
  // Without the list nothing is known; the reading says why, and the gateway's actions are unknown with it.
  if (live->unreadable.contains(istiods_id(mesh.system_namespace))) return plane;
  judge_istiods(plane, mesh, cluster, istiods_of(*live, mesh.system_namespace));
  return plane;
}

}  // namespace mesh::istio
