#include "providers/simulator/istio/traffic/policy.h"

#include <optional>

#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

std::optional<ServerMode> mode_of(const std::string& word) {
  if (word == "DISABLE") return ServerMode::disable;
  if (word == "PERMISSIVE") return ServerMode::permissive;
  if (word == "STRICT") return ServerMode::strict;
  return std::nullopt;  // UNSET inherits
}

bool is_for_workloads(const json& policy) {
  const json* selector = at(policy, {"spec", "selector", "matchLabels"});
  return selector != nullptr && !selector->empty();
}

/// The oldest one wins; equal ages leave the name.
bool is_older(const ObjectPtr& one, const ObjectPtr& other) {
  return text(*one, {"metadata", "creationTimestamp"}) < text(*other, {"metadata", "creationTimestamp"});
}

/// The policy of a namespace that names no workloads, or the first that names this one.
ObjectPtr policy_of(const Objects& objects, const std::string& ns, const Labels* labels) {
  ObjectPtr found;
  for (const ObjectPtr& policy : objects.list(resource::peer_authentications, ns)) {
    if (is_for_workloads(*policy) != (labels != nullptr)) continue;
    if (labels != nullptr && !selects(*at(*policy, {"spec", "selector"}), *labels)) continue;
    if (found == nullptr || is_older(policy, found)) found = policy;
  }
  return found;
}

}  // namespace

ServerMode server_mode(const Objects& objects, const ControlPlane& plane, const std::string& ns, const Labels& labels,
                       int port) {
  if (const ObjectPtr own = policy_of(objects, ns, &labels)) {
    const std::string number = std::to_string(port);
    if (auto mode = mode_of(text(*own, {"spec", "portLevelMtls", number.c_str(), "mode"}))) return *mode;
    if (auto mode = mode_of(text(*own, {"spec", "mtls", "mode"}))) return *mode;
  }
  for (const std::string& wider : {ns, plane.root_namespace}) {
    const ObjectPtr policy = policy_of(objects, wider, nullptr);
    if (policy == nullptr) continue;
    if (auto mode = mode_of(text(*policy, {"spec", "mtls", "mode"}))) return *mode;
  }
  return ServerMode::permissive;
}

bool callers_speak_plainly(const Objects& objects, const ControlPlane& plane, const std::string& ns,
                           const std::string& host, const std::string& host_space) {
  for (const std::string& place : {ns, host_space, plane.root_namespace}) {
    for (const ObjectPtr& rule : objects.list(resource::destination_rules, place)) {
      std::string named = text(*rule, {"spec", "host"});
      // A short name is meant in the rule's own namespace.
      if (named.find('.') == std::string::npos) named += "." + place + ".svc." + plane.domain;
      if (!host_matches(named, host)) continue;
      const std::string mode = text(*rule, {"spec", "trafficPolicy", "tls", "mode"});
      if (mode == "DISABLE" || mode == "SIMPLE") return true;
      return false;
    }
  }
  return false;
}

bool is_cluster_local(const ControlPlane& plane, const std::string& host) {
  bool local = false;
  for (const std::string& pattern : {"*.kube-system.svc." + plane.domain, "kubernetes.default.svc." + plane.domain,
                                     plane.named("istiod") + "." + plane.system_namespace + ".svc." + plane.domain}) {
    local = local || host_matches(pattern, host);
  }
  for (const json& setting : items(plane.mesh, {"serviceSettings"})) {
    const json* desired = at(setting, {"settings", "clusterLocal"});
    if (desired == nullptr || !desired->is_boolean()) continue;
    for (const json& pattern : items(setting, {"hosts"})) {
      if (pattern.is_string() && host_matches(pattern.get<std::string>(), host)) local = desired->get<bool>();
    }
  }
  return local;
}

bool host_matches(const std::string& pattern, const std::string& host) {
  if (pattern == "*") return true;
  if (pattern.starts_with("*.")) return host.size() > pattern.size() - 1 && host.ends_with(pattern.substr(1));
  return pattern == host;
}

}  // namespace mesh::simulator
