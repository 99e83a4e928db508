#include "providers/istio/desired/foreign_secrets.h"

#include <fmt/format.h>

#include "engine/base/json.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

std::string annotation_of(const Object& secret, const char* key) {
  return text_at(secret.body, {"metadata", "annotations", key});
}

/// Secrets of the system namespace, in order of their names.
template <class Visit>
void for_each_secret(const MeshSpec& mesh, const ClusterState& live, Visit visit) {
  for (auto it = live.found.lower_bound(secrets_id(mesh.system_namespace)); it != live.found.end(); ++it) {
    if (it->first.kind != "Secret" || it->first.ns != mesh.system_namespace) return;
    visit(it->second);
  }
}

Diagnostic credential_in_annotation(const std::string& cluster, const Object& secret) {
  return {.code = Code::credential_in_annotation,
          .severity = Severity::warning,
          .where = fmt::format("cluster {}: {}", cluster, to_string(secret.id)),
          .summary = "Secret carries its content in an annotation",
          .cause = fmt::format("client-side `kubectl apply` left {} there, which every reader of metadata sees",
                               last_applied_annotation),
          .hint = fmt::format("kubectl -n {} annotate secret {} {}-", secret.id.ns, secret.id.name,
                              last_applied_annotation)};
}

std::string removal(const Object& secret) {
  return fmt::format("kubectl -n {} delete secret {}", secret.id.ns, secret.id.name);
}

/// istiod serves the Secret that it saw first and never looks at the other again (istio-facts 5.4).
Diagnostic same_key(const std::string& cluster, const Object& secret, const std::string& key,
                    const std::string& member) {
  return {.code = Code::duplicate_remote_secret,
          .where = fmt::format("cluster {}: {}", cluster, to_string(secret.id)),
          .summary = "another Secret registers the same cluster",
          .cause = fmt::format("it holds key `{}`, the id of cluster {}; istiod would ignore the Secret of mesh", key,
                               member),
          .hint = removal(secret)};
}

Diagnostic unknown_key(const std::string& cluster, const Object& secret, const std::string& key) {
  return {.code = Code::duplicate_remote_secret,
          .severity = Severity::warning,
          .where = fmt::format("cluster {}: {}", cluster, to_string(secret.id)),
          .summary = "remote Secret of a cluster that the spec does not know",
          .cause = fmt::format("it registers `{}`; if that is a cluster of this mesh under another id, its endpoints "
                               "count twice",
                               key),
          .hint = fmt::format("if so: {}", removal(secret))};
}

/// Calls `visit(secret, key)` for what others registered under a name of their own.
template <class Visit>
void for_each_foreign_key(const MeshSpec& mesh, const ClusterState& live, Visit visit) {
  for_each_secret(mesh, live, [&](const Object& secret) {
    if (!is_remote_secret(secret) || created_by_mesh(secret, mesh.name)) return;
    for (const std::string& key : data_keys(secret)) {
      if (secret.id.name != remote_secret_id("", key).name) visit(secret, key);
    }
  });
}

}  // namespace

bool is_remote_secret(const Object& secret) {
  return text_at(secret.body, {"metadata", "labels", remote_secret_label}) == "true";
}

std::set<std::string> registered_elsewhere(const MeshSpec& mesh, const ClusterState& live) {
  std::set<std::string> keys;
  for_each_foreign_key(mesh, live, [&](const Object&, const std::string& key) { keys.insert(key); });
  return keys;
}

std::set<std::string> data_keys(const Object& secret) {
  std::set<std::string> keys;
  for (const ManagedFields& entry : secret.managers) {
    const auto data = entry.fields->find("f:data");
    if (data == entry.fields->end() || !data->is_object()) continue;
    for (const auto& [name, unused] : data->items()) {
      if (name.starts_with("f:")) keys.insert(name.substr(2));
    }
  }
  // A few writers keep the id beside it; without known ownership that is all there is.
  if (keys.empty()) {
    if (std::string id = annotation_of(secret, cluster_annotation); !id.empty()) keys.insert(std::move(id));
  }
  return keys;
}

Diagnostics foreign_secrets(const MeshSpec& mesh, const std::string& cluster, const ClusterState& live,
                            const KnownClusters& clusters) {
  Diagnostics found;
  for_each_secret(mesh, live, [&](const Object& secret) {
    const bool concerns_us = is_remote_secret(secret) || created_by_mesh(secret, mesh.name) ||
                             secret.id == token_secret_id(mesh.system_namespace);
    if (concerns_us && secret.has_last_applied) found.push_back(credential_in_annotation(cluster, secret));
  });
  for_each_foreign_key(mesh, live, [&](const Object& secret, const std::string& key) {
    const std::string* member = clusters.member(key);
    if (member == nullptr) {
      found.push_back(unknown_key(cluster, secret, key));
    } else if (clusters.is_discovered(*member)) {
      found.push_back(same_key(cluster, secret, key, *member));
    }
  });
  return found;
}

}  // namespace mesh::istio
