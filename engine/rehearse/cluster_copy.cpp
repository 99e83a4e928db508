#include "engine/rehearse/cluster_copy.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/digest.h"
#include "engine/model/field_path.h"
#include "engine/rehearse/copied_secret.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/remote_kubeconfig.h"

namespace mesh::rehearse {
namespace {

using nlohmann::json;

constexpr const char* account_annotation = "kubernetes.io/service-account.name";
constexpr const char* token_type = "kubernetes.io/service-account-token";

json managers_of(const Object& object) {
  json list = json::array();
  for (const ManagedFields& entry : object.managers) {
    json one = {{"manager", entry.manager},
                {"operation", entry.operation},
                {"apiVersion", object.id.api_version},
                {"fieldsType", "FieldsV1"},
                {"fieldsV1", entry.fields}};
    if (!entry.subresource.empty()) one["subresource"] = entry.subresource;
    if (entry.time) one["time"] = *entry.time;
    list.push_back(std::move(one));
  }
  return list;
}

/// As it was read; what its own cluster's controllers made of it is left to the simulated ones.
std::optional<json> as_read(const Object& object) {
  json body = object.body;
  if (object.id.kind == "Deployment" && text_of(body, "labels", "app") == "istiod") return std::nullopt;
  if (object.id.kind != "Namespace") body.erase("status");
  json& metadata = body["metadata"];
  metadata["uid"] = object.uid;
  metadata["managedFields"] = managers_of(object);
  if (object.id.kind == "Secret" && is_remote_secret(body)) {
    // Read as metadata, without the type. It cannot be changed, so it must be there before anybody writes.
    body["type"] = "Opaque";
  } else if (object.id.kind == "Secret") {
    // Only tokens can be made anew, and only they matter here.
    if (text_of(body, "annotations", account_annotation).empty()) return std::nullopt;
    body["type"] = token_type;
  }
  return body;
}

Diagnostic refused(const std::string& cluster, const json& object, const std::string& cause) {
  return {.code = Code::internal,
          .where = fmt::format("simulated cluster {}: {} {}", cluster, object.value("kind", "object"),
                               object["metadata"].value("name", "")),
          .summary = "object cannot be copied into a simulated cluster",
          .cause = cause,
          .hint = "this is a bug in mesh: please report it"};
}

class ClusterCopyLoader {
 public:
  ClusterCopyLoader(simulator::Simulation& simulation, const Spec& spec, const ClusterCopy& copy, Clock& clock,
                    const std::stop_token& stop)
      : simulation_(simulation), spec_(spec), copy_(copy), clock_(clock), stop_(stop) {}

  Result<void> load() {
    for (const Turn turn : {Turn::accounts, Turn::others, Turn::remote_secrets}) {
      for (const auto& [cluster, objects] : copy_.objects) {
        if (!spec_.clusters.contains(cluster)) continue;
        for (const json& object : objects) {
          if (turn_of(object) != turn) continue;
          auto body = turn == Turn::remote_secrets ? filled(object) : Result<json>(object);
          if (auto done = put(cluster, body); !done) return done;
        }
      }
    }
    return {};
  }

 private:
  /// The controller of tokens deletes a token Secret whose account is not there; a remote Secret is made from a token.
  enum class Turn { accounts, others, remote_secrets };

  static Turn turn_of(const json& object) {
    if (is_remote_secret(object)) return Turn::remote_secrets;
    return object.value("kind", "") == "ServiceAccount" ? Turn::accounts : Turn::others;
  }

  Result<void> put(const std::string& cluster, const Result<json>& object) {
    if (!object) return failure(object.error());
    if (!object->at("metadata").contains("managedFields"))
      return put_object(simulation_, cluster, *object, field_manager_of(spec_.mesh.name));
    if (simulation_.api(cluster).put(*object)) return {};
    return failure(refused(cluster, *object, "its kind is not served"));
  }

  const ClusterSpec* by_id(const std::string& id) const {
    const auto found = std::find_if(spec_.clusters.begin(), spec_.clusters.end(),
                                    [&](const auto& entry) { return entry.second.id == id; });
    return found == spec_.clusters.end() ? nullptr : &found->second;
  }

  /// Whether an address leads to the cluster, and whether it is the one that a plan would write.
  enum class Way { as_desired, other, lost };

  Way way_to(const std::string& peer, const std::string& server) const {
    // Of a Secret that does not tell, and of a cluster that was not read, the best is taken.
    if (server.empty()) return Way::other;
    if (!copy_.servers || !copy_.servers->contains(peer)) return Way::as_desired;
    const ServerOfCopy& known = copy_.servers->at(peer);
    if (server == known.dialled_by_peers) return Way::as_desired;
    return server == known.answered ? Way::other : Way::lost;
  }

  /// The remote Secret with credentials of the simulated peers in it.
  Result<json> filled(json secret) {
    json& annotations = secret["metadata"]["annotations"];
    const std::string server = text_of(secret, "annotations", istio::server_annotation);
    json data = json::object();
    for (const std::string& id : ids_of(secret)) {
      const ClusterSpec* peer = by_id(id);
      if (peer == nullptr) {
        data[id] = "";
        continue;
      }
      auto token = token_of(peer->name);
      if (!token) return failure(std::move(token.error()));
      const Way way = way_to(peer->name, server);
      if (way == Way::as_desired) {
        annotations[istio::server_annotation] = simulation_.server(peer->name);
        if (annotations.contains(istio::ca_annotation) &&
            annotations[istio::ca_annotation] != istio::from_token_secret) {
          annotations[istio::ca_annotation] = sha256_hex(simulation_.ca_pem());
        }
        if (!copy_.servers) annotations[istio::token_uid_annotation] = token->uid;
      }
      data[id] =
          base64_encode(istio::remote_kubeconfig({.cluster_id = id,
                                                  .server = way == Way::lost ? server : simulation_.server(peer->name),
                                                  .ca_pem = simulation_.ca_pem(),
                                                  .token = token->token}));
    }
    secret["data"] = std::move(data);
    return secret;
  }

  struct Token {
    std::string uid;
    std::string token;
  };

  /// Waits until the cluster's controller has filled the token Secret.
  Result<Token> token_of(const std::string& cluster) {
    if (const auto known = tokens_.find(cluster); known != tokens_.end()) return known->second;
    constexpr std::chrono::seconds patience{10};
    const TimePoint deadline = clock_.now() + patience;
    for (;;) {
      const auto found = simulation_.api(cluster).find("secrets", spec_.mesh.system_namespace, istio::token_secret);
      if (found != nullptr) {
        const json secret = found->json();
        if (const auto* token = text_at(secret, json::json_pointer("/data/token"))) {
          return tokens_.emplace(cluster, Token{found->uid, base64_decode(*token).value_or("")}).first->second;
        }
      } else {
        // Nothing was copied that leads there: a Secret for it never worked.
        return tokens_.emplace(cluster, Token{}).first->second;
      }
      if (clock_.now() >= deadline || !clock_.sleep_until(clock_.now() + std::chrono::milliseconds(5), stop_)) {
        return failure(Diagnostic{.code = stop_.stop_requested() ? Code::cancelled : Code::timed_out,
                                  .where = "simulated cluster " + cluster,
                                  .summary = "token did not come",
                                  .cause = fmt::format("Secret {} was not filled", istio::token_secret),
                                  .hint = "run the command again"});
      }
    }
  }

  simulator::Simulation& simulation_;
  const Spec& spec_;
  const ClusterCopy& copy_;
  Clock& clock_;
  const std::stop_token& stop_;
  std::map<std::string, Token> tokens_;
};

}  // namespace

ClusterCopy copy_of(const Snapshot& snapshot) {
  ClusterCopy copy;
  for (const auto& [name, cluster] : snapshot.clusters) {
    auto& objects = copy.objects[name];
    for (const auto& [id, body] : cluster.objects) objects.push_back(body);
  }
  return copy;
}

ClusterCopy copy_of(const LiveState& live, const std::map<std::string, ClusterSpec>& clusters) {
  ClusterCopy copy;
  copy.servers.emplace();
  for (const auto& [name, state] : live.clusters) {
    if (!state.answered() || state.renamed_to() != nullptr) continue;
    const auto spec = clusters.find(name);
    const bool given = spec != clusters.end() && spec->second.api_server;
    copy.servers->emplace(name, ServerOfCopy{.answered = state.server,
                                             .dialled_by_peers = given ? *spec->second.api_server : state.server});
    for (const auto& [id, object] : state.found) {
      if (auto body = as_read(object)) copy.objects[name].push_back(std::move(*body));
    }
  }
  return copy;
}

Result<void> put_object(simulator::Simulation& simulation, const std::string& cluster, const json& object,
                        const std::string& manager) {
  if (std::string why = simulator::apply_object(simulation.api(cluster), object, manager); !why.empty()) {
    return failure(refused(cluster, object, why));
  }
  return {};
}

Result<void> load_copy(simulator::Simulation& simulation, const Spec& spec, const ClusterCopy& copy, Clock& clock,
                       const std::stop_token& stop) {
  return ClusterCopyLoader(simulation, spec, copy, clock, stop).load();
}

}  // namespace mesh::rehearse
