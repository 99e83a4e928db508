#include <fmt/format.h>

#include <map>
#include <set>

#include "engine/base/json.h"
#include "providers/istio/checks/themes.h"
#include "providers/istio/desired/foreign_secrets.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {
namespace {

const ClusterSpec* member_of(const Spec& spec, const std::string& id) {
  for (const auto& [name, cluster] : spec.clusters) {
    if (cluster.id == id) return &cluster;
  }
  return nullptr;
}

std::string removal(const Object& secret) {
  return fmt::format("kubectl -n {} delete secret {}", secret.id.ns, secret.id.name);
}

std::string annotation_of(const Object& secret, const char* name) {
  return text_at(secret.body, {"metadata", "annotations", name});
}

}  // namespace

/// Names and keys are metadata: no Secret is read (istio-facts 5.1).
void check_secret_foreign(const ClusterView& cluster, Findings& found) {
  for (const Object* secret : cluster.remote_secrets()) {
    for (const std::string& key : data_keys(*secret)) {
      if (member_of(cluster.spec, key) != nullptr) continue;
      found.push_back({.object = secret->id,
                       .read = fmt::format("it registers `{}`, which is the id of no cluster of the spec", key),
                       .means =
                           "istiod reads a cluster that mesh does not know; if it is one of the mesh under another "
                           "id, its endpoints count twice",
                       .hint = fmt::format("if so: {}", removal(*secret))});
    }
  }
}

/// (istio-facts 5.4)
void check_secret_duplicate(const ClusterView& cluster, Findings& found) {
  std::map<std::string, const Object*> first;
  for (const Object* secret : cluster.remote_secrets()) {
    for (const std::string& key : data_keys(*secret)) {
      const auto [other, added] = first.emplace(key, secret);
      if (added) continue;
      const ClusterSpec* peer = member_of(cluster.spec, key);
      found.push_back(
          {.peer = peer == nullptr ? std::string() : peer->name,
           .object = secret->id,
           .read = fmt::format("it registers `{}`, as Secret {} does", key, other->second->id.name),
           .means = "istiod uses the one that it saw first and never looks at the other again",
           .hint = created_by_mesh(*secret, cluster.spec.mesh.name) ? removal(*other->second) : removal(*secret)});
    }
  }
}

/// (istio-facts 5.4)
void check_secret_own(const ClusterView& cluster, Findings& found) {
  for (const Object* secret : cluster.remote_secrets()) {
    if (!data_keys(*secret).contains(cluster.cluster.id)) continue;
    found.push_back({.object = secret->id,
                     .read = fmt::format("it registers `{}`, the id of this cluster itself", cluster.cluster.id),
                     .means = "istiod ignores it as long as its own CLUSTER_ID is the same",
                     .hint = removal(*secret)});
  }
}

/// The same judgement as a plan's credential_in_annotation (istio-facts 5.6).
void check_secret_credential(const ClusterView& cluster, Findings& found) {
  for (const auto& [id, object] : cluster.live.found) {
    if (id.kind != "Secret" || !object.has_last_applied) continue;
    const bool remote = text_at(object.body, {"metadata", "labels", remote_secret_label}) == "true";
    if (!remote && id != token_secret_id(cluster.ns())) continue;
    found.push_back(
        {.object = id,
         .read = fmt::format("it carries its content in the annotation {}", last_applied_annotation),
         .means = "every reader of metadata sees the credential",
         .hint = fmt::format("kubectl -n {} annotate secret {} {}-", id.ns, id.name, last_applied_annotation)});
  }
}

void check_secret_missing(const ClusterView& cluster, Findings& found) {
  std::set<std::string> known;
  for (const Object* secret : cluster.remote_secrets()) known.merge(data_keys(*secret));
  for (const std::string& peer_name : cluster.cluster.peers) {
    const auto peer = cluster.spec.clusters.find(peer_name);
    if (peer == cluster.spec.clusters.end() || known.contains(peer->second.id)) continue;
    found.push_back({.peer = peer_name,
                     .object = remote_secret_id(cluster.ns(), peer->second.id),
                     .read = fmt::format("no remote Secret has the key `{}`", peer->second.id),
                     .means = fmt::format("istiod does not read {}: its services are not called from here", peer_name),
                     .hint = "mesh apply"});
  }
}

/// A token ends with the Secret that it was issued in; that is seen by uid (istio-facts 5.3).
void check_secret_token(const MeshView& mesh, Findings& found) {
  for (const ClusterView* one : mesh.clusters) {
    for (const Object* secret : one->remote_secrets()) {
      const std::string uid = annotation_of(*secret, token_uid_annotation);
      const ClusterView* peer = mesh.find(annotation_of(*secret, peer_annotation));
      if (uid.empty() || peer == nullptr) continue;
      const Object* token = peer->found(token_secret_id(peer->ns()));
      if (token != nullptr && token->uid == uid) continue;
      found.push_back({.cluster = one->cluster.name,
                       .peer = peer->cluster.name,
                       .object = secret->id,
                       .read = fmt::format("it holds the token of a Secret of {} that {}", peer->cluster.name,
                                           token == nullptr ? "is gone" : "was made again"),
                       .means = fmt::format("the API server of {} refuses that token: istiod hears of no change there",
                                            peer->cluster.name),
                       .hint = "mesh apply"});
    }
  }
}

}  // namespace mesh::istio
