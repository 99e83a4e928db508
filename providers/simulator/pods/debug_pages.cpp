#include "providers/simulator/pods/debug_pages.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "providers/simulator/istio/traffic/networks.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

std::set<ServiceName> services_of(const ServiceRegistry& registry) {
  std::set<ServiceName> names;
  for (const ObjectPtr& service : registry.objects->list(resource::services, "")) {
    names.insert({namespace_of(*service), name_of(*service)});
  }
  return names;
}

ordered_json shard_entry(const IstiodView& view, const ServiceRegistry& registry, const ServiceName& service,
                         const ServiceEndpoint& endpoint, const std::string& port_name) {
  ordered_json labels = endpoint.pod == nullptr ? json::object() : json(labels_of(*endpoint.pod));
  labels["topology.istio.io/cluster"] = registry.id;
  const std::string network = network_of(view, registry, endpoint.pod.get(), endpoint.address);
  if (!network.empty()) labels["topology.istio.io/network"] = network;
  ordered_json entry = {{"Labels", std::move(labels)},
                        {"Addresses", {endpoint.address}},
                        {"ServicePortName", port_name},
                        {"ServiceAccount", ""},
                        {"Network", network},
                        {"Locality", {{"Label", ""}, {"ClusterID", registry.id}}},
                        {"EndpointPort", endpoint.port},
                        {"LbWeight", 0},
                        {"TLSMode", endpoint.pod != nullptr && has_sidecar(*endpoint.pod) ? "istio" : "disabled"},
                        {"Namespace", service.ns},
                        {"WorkloadName", ""},
                        {"HostName", ""},
                        {"SubDomain", ""},
                        {"HealthStatus", endpoint.ready ? 1 : 2},
                        {"NodeName", ""}};
  if (endpoint.pod != nullptr) {
    const std::string account = text(*endpoint.pod, {"spec", "serviceAccountName"});
    entry["ServiceAccount"] = fmt::format("spiffe://{}/ns/{}/sa/{}", view.plane.trust_domain, service.ns,
                                          account.empty() ? "default" : account);
    entry["NodeName"] = text(*endpoint.pod, {"spec", "nodeName"});
    entry["WorkloadName"] = label(*endpoint.pod, "app");
  }
  return entry;
}

std::string all_pages() {
  std::string page = "<html><head><title>Pilot Debug Console</title></head><body>\n";
  for (const char* one : {"clusterz", "endpointShardz", "networkz", "registryz"}) {
    page += fmt::format("<a href='/debug/{}'>debug/{}</a>\n", one, one);
  }
  return page + "</body></html>\n";
}

}  // namespace

ordered_json clusterz(const IstiodView& view) {
  ordered_json clusters = ordered_json::array();
  for (const ServiceRegistry& registry : view.registries) {
    clusters.push_back(
        {{"id", registry.id}, {"secretName", registry.secret}, {"syncStatus", to_string(registry.status)}});
  }
  return clusters;
}

ordered_json networkz(const IstiodView& view) {
  ordered_json gateways = ordered_json::array();
  for (const NetworkGateway& gateway : view.gateways) {
    gateways.push_back({{"Network", gateway.network},
                        {"Cluster", gateway.cluster},
                        {"Addr", gateway.address},
                        {"Port", gateway.port},
                        {"HBONEPort", 0},
                        {"ServiceAccount", {{"Namespace", ""}, {"Name", ""}}}});
  }
  return gateways;
}

ordered_json endpoint_shardz(const IstiodView& view) {
  ordered_json all = ordered_json::object();
  for (const ServiceRegistry& registry : view.registries) {
    if (registry.objects == nullptr) continue;
    for (const ServiceName& name : services_of(registry)) {
      if (!is_discovered(view.plane, *registry.objects, name.ns)) continue;
      ordered_json entries = ordered_json::array();
      const ObjectPtr service = registry.objects->get(resource::services, name.ns, name.name);
      for (const json& port : items(*service, {"spec", "ports"})) {
        const std::string port_name = text(port, {"name"});
        for (const ServiceEndpoint& endpoint : endpoints_of(*registry.objects, name, port_name)) {
          if (endpoint.ready) entries.push_back(shard_entry(view, registry, name, endpoint, port_name));
        }
      }
      if (entries.empty()) continue;
      ordered_json& shards = all[host_of(name, view.plane.domain)][name.ns];
      shards["Shards"]["Kubernetes/" + registry.id] = std::move(entries);
      shards["ServiceAccounts"] = ordered_json::object();
    }
  }
  return all;
}

ordered_json registryz(const IstiodView& view) {
  ordered_json services = ordered_json::array();
  std::map<ServiceName, ordered_json> vips;
  for (const ServiceRegistry& registry : view.registries) {
    if (registry.objects == nullptr) continue;
    for (const ServiceName& name : services_of(registry)) {
      const ObjectPtr service = registry.objects->get(resource::services, name.ns, name.name);
      vips[name][registry.id] = {text(*service, {"spec", "clusterIP"})};
    }
  }
  for (auto& [name, addresses] : vips) {
    services.push_back(
        {{"Attributes", {{"ServiceRegistry", "Kubernetes"}, {"Name", name.name}, {"Namespace", name.ns}}},
         {"hostname", host_of(name, view.plane.domain)},
         {"clusterVIPs", {{"Addresses", std::move(addresses)}}}});
  }
  return services;
}

std::string metrics(const IstiodView& view, const std::string& version) {
  const auto remote = view.registries.size() - 1;
  std::string page = fmt::format(
      "# HELP istio_build Istio component build info\n# TYPE istio_build gauge\n"
      "istio_build{{component=\"pilot\",tag=\"{}\"}} 1\n"
      "# HELP istiod_managed_clusters Number of clusters managed by istiod\n# TYPE istiod_managed_clusters gauge\n"
      "istiod_managed_clusters{{cluster_type=\"local\"}} 1\nistiod_managed_clusters{{cluster_type=\"remote\"}} {}\n",
      version, remote);
  std::string late;
  for (const ServiceRegistry& registry : view.registries) {
    if (registry.status == SyncStatus::timeout) {
      late += fmt::format("remote_cluster_sync_timeouts_total{{cluster=\"{}\"}} 1\n", registry.id);
    }
  }
  if (!late.empty()) {
    page +=
        "# HELP remote_cluster_sync_timeouts_total Number of times remote clusters took too long to sync, causing slow "
        "startup that excludes remote clusters.\n# TYPE remote_cluster_sync_timeouts_total counter\n" +
        late;
  }
  return page;
}

Page debug_page(const IstiodView& view, const std::string& path) {
  std::string name = path.substr(0, path.find('?'));
  while (name.size() > 1 && name.ends_with('/')) name.pop_back();
  if (!name.starts_with("/debug")) name = "/debug/" + name.substr(name.find_first_not_of('/'));
  const auto shown = [](const ordered_json& value) { return Page{.body = value.dump(2) + "\n"}; };
  if (name == "/debug/clusterz") return shown(clusterz(view));
  if (name == "/debug/networkz") return shown(networkz(view));
  if (name == "/debug/endpointShardz" || name == "/debug/endpointz") return shown(endpoint_shardz(view));
  if (name == "/debug/registryz") return shown(registryz(view));
  if (name == "/debug/mesh") return shown(view.plane.mesh);
  if (name == "/debug" || name == "/debug/list") return {200, "text/html", all_pages()};
  return {404, "text/plain; charset=utf-8", "404 page not found\n"};
}

}  // namespace mesh::simulator
