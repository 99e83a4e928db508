#include "providers/istio/inspect/inspect_cluster.h"

#include <fmt/format.h>

#include <set>

#include "engine/base/json.h"
#include "providers/istio/checks/mesh_config.h"
#include "providers/istio/desired/foreign_secrets.h"
#include "providers/istio/desired/istiod.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/injector.h"
#include "providers/istio/inspect/guess_platform.h"
#include "providers/istio/inspect/inspected_ids.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

const Object* find(const ClusterState& live, const ObjectId& id) {
  const auto found = live.found.find(id);
  return found == live.found.end() ? nullptr : &found->second;
}

std::set<std::string> istiod_namespaces(const ClusterState& live) {
  std::set<std::string> found;
  for (const auto& [id, object] : live.found) {
    if (id.kind == "Deployment" && text_at(object.body, {"metadata", "labels", "app"}) == "istiod") found.insert(id.ns);
  }
  return found;
}

std::map<std::string, std::string> texts_at(const json& body, std::initializer_list<std::string_view> names) {
  std::map<std::string, std::string> texts;
  const json* found = find_field(body, names);
  if (found == nullptr || !found->is_object()) return texts;
  for (const auto& [key, value] : found->items()) {
    if (value.is_string()) texts.emplace(key, value.get<std::string>());
  }
  return texts;
}

std::vector<std::string> list_of_texts(const json& body, std::initializer_list<std::string_view> names) {
  std::vector<std::string> texts;
  for (const json& one : list_at(body, names)) {
    if (one.is_string()) texts.push_back(one.get<std::string>());
  }
  return texts;
}

std::optional<int> number_at(const json& body, std::initializer_list<std::string_view> names) {
  const json* found = find_field(body, names);
  if (found == nullptr || !found->is_number_integer()) return std::nullopt;
  return found->get<int>();
}

/// Who issues certificates to workloads. What proxies are told decides, then what istiod and the injector say.
void judge_authority(FoundControlPlane& plane, const json& config, const json& istiod, const InjectorValues& values) {
  const auto say = [&](CertificateAuthority ca, std::string from) {
    plane.ca = ca;
    plane.ca_from = std::move(from);
  };
  for (const auto& [place, provider] :
       {std::pair("proxyMetadata.CA_PROVIDER", text_at(config, {"defaultConfig", "proxyMetadata", "CA_PROVIDER"})),
        std::pair("istiod's CA_PROVIDER", env_of(istiod, "CA_PROVIDER"))}) {
    const std::string from = fmt::format("{} is {}", place, provider);
    if (provider == "GoogleCA") return say(CertificateAuthority::mesh_ca, from);
    if (provider == "GoogleCAS") return say(CertificateAuthority::ca_service, from);
    if (provider == "Citadel") return say(CertificateAuthority::istio_ca, from);
  }
  for (const auto& [place, address] : {std::pair("the injector's caAddress", values.ca_address),
                                       std::pair("istiod's CA_ADDR", env_of(istiod, "CA_ADDR"))}) {
    const std::string from = fmt::format("{} is {}", place, address);
    if (address.starts_with("meshca.")) return say(CertificateAuthority::mesh_ca, from);
    if (address.starts_with("privateca.")) return say(CertificateAuthority::ca_service, from);
  }
}

FoundControlPlane plane_of(const ClusterState& live, const std::string& ns, const Istiod& istiod) {
  FoundControlPlane plane{
      .deployment = istiod.deployment, .revision = istiod.revision, .cluster_id = istiod.cluster_id};
  json config;
  if (const Object* map = find(live, mesh_config_id(ns, istiod.revision))) {
    config = parse_mesh_config(text_at(map->body, {"data", "mesh"})).value_or(json());
  }
  InjectorValues values;
  if (const Object* map = find(live, injector_config_id(ns, istiod.revision))) {
    values = injector_values(*map).value_or(values);
  }
  plane.injector_cluster_id = values.cluster_id;
  plane.injector_network = values.network;
  plane.mesh_id = text_at(config, {"defaultConfig", "meshId"});
  if (plane.mesh_id.empty()) plane.mesh_id = values.mesh_id;
  plane.trust_domain = text_at(config, "trustDomain");
  if (const Object* deployment = find(live, {"apps/v1", "Deployment", ns, istiod.deployment})) {
    judge_authority(plane, config, deployment->body, values);
  }
  return plane;
}

void add_service(FoundGateway& gateway, const json& body) {
  gateway.has_service = true;
  gateway.service_type = text_at(body, {"spec", "type"});
  gateway.service_network = text_at(body, {"metadata", "labels", network_label});
  gateway.annotations = texts_at(body, {"metadata", "annotations"});
  gateway.load_balancer_ip = text_at(body, {"spec", "loadBalancerIP"});
  gateway.source_ranges = list_of_texts(body, {"spec", "loadBalancerSourceRanges"});
  for (const json& ingress : list_at(body, {"status", "loadBalancer", "ingress"})) {
    for (const char* field : {"ip", "hostname"}) {
      if (std::string address = text_at(ingress, field); !address.empty()) gateway.addresses.push_back(address);
    }
  }
}

std::optional<FoundGateway> gateway_of(const ClusterState& live, const std::string& ns) {
  FoundGateway gateway;
  const Object* deployment = find(live, gateway_deployment_id(ns));
  const Object* service = find(live, gateway_service_id(ns));
  if (deployment == nullptr && service == nullptr) return std::nullopt;
  if (deployment != nullptr) {
    const json& body = deployment->body;
    gateway.selector_network = text_at(body, {"spec", "selector", "matchLabels", network_label});
    gateway.revision = text_at(body, {"spec", "template", "metadata", "labels", revision_label});
    gateway.replicas = number_at(body, {"spec", "replicas"}).value_or(1);
  }
  if (service != nullptr) add_service(gateway, service->body);
  if (const Object* scaler = find(live, gateway_scaler_id(ns))) {
    const int min = number_at(scaler->body, {"spec", "minReplicas"}).value_or(1);
    gateway.scaler = {{min, number_at(scaler->body, {"spec", "maxReplicas"}).value_or(min)}};
  }
  return gateway;
}

FoundRemoteSecret remote_secret_of(const Object& secret) {
  const auto annotation = [&](const char* name) { return text_at(secret.body, {"metadata", "annotations", name}); };
  return {.name = secret.id.name,
          .keys = data_keys(secret),
          .mesh = text_at(secret.body, {"metadata", "labels", mesh_label}),
          .peer = annotation(peer_annotation),
          .server = annotation(server_annotation)};
}

void add_objects(FoundCluster& found, const ClusterState& live, const std::string& ns) {
  for (const auto& [id, object] : live.found) {
    const json& body = object.body;
    if (const std::string mesh = text_at(body, {"metadata", "labels", mesh_label});
        !mesh.empty() && created_by_mesh(object, mesh)) {
      found.meshes.insert(mesh);
    }
    if (id.kind == "Service" && id != gateway_service_id(ns) &&
        !text_at(body, {"metadata", "labels", network_label}).empty()) {
      found.other_gateways.push_back(fmt::format("{}/{}", id.ns, id.name));
    }
    if (id.kind == "Secret" && id.ns == ns && text_at(body, {"metadata", "labels", remote_secret_label}) == "true") {
      found.remote_secrets.push_back(remote_secret_of(object));
    }
  }
}

PlatformSigns signs_of(const ClusterState& live, const FoundContext& context) {
  PlatformSigns signs{.server_version = live.server_version, .server = context.server, .login = context.login};
  for (const auto& [id, object] : live.found) {
    if (id.kind == "DaemonSet") signs.daemon_sets.push_back(id.name);
    if (id.kind != "Node") continue;
    // One that was read whole speaks; without one, the first.
    const std::string provider = text_at(object.body, {"spec", "providerID"});
    if (!signs.node.empty() && provider.empty()) continue;
    if (!signs.provider_id.empty()) continue;
    signs.node = id.name;
    signs.node_labels = texts_at(object.body, {"metadata", "labels"});
    signs.provider_id = provider;
  }
  return signs;
}

/// `mesh sim` gives clouds the node names of clouds, and serves all its clusters at one address of this machine.
bool is_simulated(const PlatformSigns& signs) {
  return signs.provider_id.starts_with("simulated://") ||
         (signs.server.starts_with("https://127.0.0.1:") && signs.server.find("/clusters/") != std::string::npos);
}

/// The project is in the identity provider's URL and, for older ones, in the owner's id (istio-facts 5.6).
std::optional<FoundFleet> fleet_of(const ClusterState& live) {
  const Object* membership = find(live, membership_id());
  if (membership == nullptr) return std::nullopt;
  const auto part_after = [](const std::string& text, std::string_view word) {
    const auto at = text.find(word);
    if (at == std::string::npos) return std::string();
    return text.substr(at + word.size(), text.find('/', at + word.size()) - at - word.size());
  };
  FoundFleet fleet;
  for (const char* field : {"identity_provider", "owner"}) {
    const std::string text = std::string_view(field) == "owner" ? text_at(membership->body, {"spec", "owner", "id"})
                                                                : text_at(membership->body, {"spec", field});
    if (fleet.project.empty()) fleet.project = part_after(text, "/projects/");
    if (fleet.membership.empty()) fleet.membership = part_after(text, "/memberships/");
  }
  const std::string pool = text_at(membership->body, {"spec", "workload_identity_pool"});
  if (const auto end = pool.find(".svc.id.goog"); end != std::string::npos) fleet.project = pool.substr(0, end);
  return fleet;
}

}  // namespace

std::string system_namespace_in(const ClusterState& live) {
  const std::set<std::string> all = istiod_namespaces(live);
  if (all.empty()) return {};
  return all.contains(usual_namespace) ? usual_namespace : *all.begin();
}

FoundCluster inspect_cluster(const ClusterState& live, const FoundContext& context) {
  FoundCluster found{.context = context};
  if (!live.server.empty()) found.context.server = live.server;
  if (const Diagnostics* why = live.unreachable()) {
    found.unreadable = *why;
    return found;
  }
  for (const auto& [id, why] : live.unreadable) append(found.gaps, why);
  if (const Object* home = find(live, namespace_id(kube_system))) found.uid = home->uid;
  found.system_namespace = system_namespace_in(live);
  const std::string& ns = found.system_namespace;
  if (ns.empty()) return found;
  found.other_namespaces = istiod_namespaces(live);
  found.other_namespaces.erase(ns);
  for (const Istiod& istiod : istiods_of(live, ns)) found.planes.push_back(plane_of(live, ns, istiod));
  if (const Object* home = find(live, namespace_id(ns))) {
    found.network_label = text_at(home->body, {"metadata", "labels", network_label});
    if (found.uid.empty()) found.uid = home->uid;
  }
  found.gateway = gateway_of(live, ns);
  add_objects(found, live, ns);
  const PlatformSigns signs = signs_of(live, found.context);
  found.platform = guess_platform(signs);
  found.simulated = is_simulated(signs);
  found.fleet = fleet_of(live);
  return found;
}

}  // namespace mesh::istio
