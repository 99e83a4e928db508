#include "providers/simulator/istio/traffic/control_plane.h"

#include <sstream>

#include "engine/base/digest.h"
#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// A YAML text inside a ConfigMap; an empty object when it is missing or malformed.
json inner_yaml(const Objects& objects, const std::string& ns, const std::string& name, const char* key) {
  const ObjectPtr map = objects.get(resource::config_maps, ns, name);
  if (map == nullptr) return json::object();
  const std::string content = text(*map, {"data", key});
  if (content.empty()) return json::object();
  auto parsed = parse_body(content, true);
  return parsed && parsed->is_object() ? std::move(*parsed) : json::object();
}

std::string or_else(const std::string& value, const char* otherwise) { return value.empty() ? otherwise : value; }

/// The argument after `--domain`, or behind its equals sign.
std::string domain_of(const json& deployment) {
  for (const json& container : items(deployment, {"spec", "template", "spec", "containers"})) {
    const json& arguments = items(container, {"args"});
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      if (!arguments[i].is_string()) continue;
      const auto argument = arguments[i].get<std::string>();
      if (argument.starts_with("--domain=")) return argument.substr(9);
      if (argument == "--domain" && i + 1 < arguments.size()) return arguments[i + 1].get<std::string>();
    }
  }
  return "cluster.local";
}

void read_authority(ControlPlane& plane) {
  const std::string address = text(plane.values, {"global", "caAddress"});
  const std::string provider = text(plane.mesh, {"defaultConfig", "proxyMetadata", "CA_PROVIDER"});
  plane.authority_name = text(plane.values, {"global", "caName"});
  if (provider == "GoogleCAS" || address.starts_with("privateca")) {
    plane.authority = CertificateAuthority::ca_service;
  } else if (provider == "GoogleCA" || address.starts_with("meshca")) {
    plane.authority = CertificateAuthority::mesh_ca;
  }
}

void read_env(ControlPlane& plane, const json& deployment) {
  for (const json& container : items(deployment, {"spec", "template", "spec", "containers"})) {
    for (const json& one : items(container, {"env"})) {
      plane.env.emplace(text(one, {"name"}), text(one, {"value"}));
    }
  }
}

ControlPlane read_plane(const Objects& objects, const json& deployment) {
  ControlPlane plane;
  plane.system_namespace = namespace_of(deployment);
  plane.deployment = name_of(deployment);
  read_env(plane, deployment);
  plane.revision = or_else(or_else(plane.env["REVISION"], label(deployment, "istio.io/rev").c_str()), "default");
  plane.cluster_id = or_else(plane.env["CLUSTER_ID"], "Kubernetes");
  plane.domain = domain_of(deployment);
  const std::string& ns = plane.system_namespace;
  plane.mesh = inner_yaml(objects, ns, plane.named("istio"), "mesh");
  const json networks = inner_yaml(objects, ns, plane.named("istio"), "meshNetworks");
  if (const json* found = at(networks, {"networks"})) plane.mesh_networks = *found;
  plane.values = inner_yaml(objects, ns, plane.named("istio-sidecar-injector"), "values");
  plane.mesh_id = text(plane.mesh, {"defaultConfig", "meshId"});
  plane.trust_domain = or_else(text(plane.mesh, {"trustDomain"}), "cluster.local");
  for (const json& alias : items(plane.mesh, {"trustDomainAliases"})) {
    if (alias.is_string()) plane.trust_aliases.insert(alias.get<std::string>());
  }
  plane.root_namespace = or_else(text(plane.mesh, {"rootNamespace"}), ns.c_str());
  plane.network = text(plane.values, {"global", "network"});
  read_authority(plane);
  return plane;
}

}  // namespace

std::string ControlPlane::named(const std::string& stem) const {
  return revision == "default" ? stem : stem + "-" + revision;
}

std::set<std::string> ControlPlane::kubeconfig_options() const {
  std::set<std::string> options;
  const auto found = env.find("PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS");
  if (found == env.end()) return options;
  std::istringstream list(found->second);
  for (std::string one; std::getline(list, one, ',');) options.insert(one);
  return options;
}

bool ControlPlane::dns_capture() const {
  return text(mesh, {"defaultConfig", "proxyMetadata", "ISTIO_META_DNS_CAPTURE"}) == "true";
}

std::vector<ControlPlane> control_planes_of(const Objects& objects, const std::string& system_namespace) {
  std::vector<ControlPlane> planes;
  for (const ObjectPtr& deployment : objects.list(resource::deployments, system_namespace)) {
    if (label(*deployment, "app") == "istiod") planes.push_back(read_plane(objects, *deployment));
  }
  return planes;
}

std::optional<ControlPlane> control_plane_of(const Objects& objects, const std::string& system_namespace) {
  for (const ObjectPtr& deployment : objects.list(resource::deployments, system_namespace)) {
    if (label(*deployment, "app") == "istiod") return read_plane(objects, *deployment);
  }
  return std::nullopt;
}

std::set<std::string> certificates_in(const std::string& pem) {
  static const std::string begin = "-----BEGIN CERTIFICATE-----";
  static const std::string end = "-----END CERTIFICATE-----";
  std::set<std::string> digests;
  for (std::size_t from = pem.find(begin); from != std::string::npos; from = pem.find(begin, from)) {
    from += begin.size();
    const std::size_t to = pem.find(end, from);
    if (to == std::string::npos) break;
    if (const auto der = base64_decode(pem.substr(from, to - from))) digests.insert(sha256_hex(*der));
  }
  return digests;
}

}  // namespace mesh::simulator
