#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "engine/base/json.h"
#include "providers/istio/checks/themes.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/desired/object_readiness.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

const Object* service_of(const ClusterView& cluster) { return cluster.found(gateway_service_id(cluster.ns())); }

bool has_host_name(const Object& service) {
  const json& ingress = list_at(service.body, {"status", "loadBalancer", "ingress"});
  return std::any_of(ingress.begin(), ingress.end(),
                     [](const json& one) { return text_at(one, "ip").empty() && !text_at(one, "hostname").empty(); });
}

bool is_scaler_of_gateway(const Object& scaler) {
  return text_at(scaler.body, {"spec", "scaleTargetRef", "kind"}) == "Deployment" &&
         text_at(scaler.body, {"spec", "scaleTargetRef", "name"}) == gateway_name;
}

}  // namespace

void check_gateway_missing(const ClusterView& cluster, Findings& found) {
  if (!cluster.plane.ready) return;
  for (const ObjectId& id : {gateway_deployment_id(cluster.ns()), gateway_service_id(cluster.ns())}) {
    if (cluster.found(id) != nullptr) continue;
    found.push_back({.object = id,
                     .read = "it does not exist",
                     .means = "no other cluster can call into this one",
                     .hint = "mesh apply"});
    return;
  }
}

void check_gateway_ready(const ClusterView& cluster, Findings& found) {
  const ObjectId id = gateway_deployment_id(cluster.ns());
  const Object* deployment = cluster.found(id);
  if (deployment == nullptr) return;
  const Readiness ready = readiness_of(id, deployment);
  if (ready.ready()) return;
  found.push_back({.object = id,
                   .read = ready.message,
                   .means = "calls from other clusters fail, or only some of them work",
                   .hint = fmt::format("kubectl -n {} describe deployment {}", id.ns, id.name)});
}

/// (istio-facts 3)
void check_gateway_address(const ClusterView& cluster, Findings& found) {
  const Object* service = service_of(cluster);
  if (service == nullptr || !addresses_of(*service).empty()) return;
  found.push_back({.object = service->id,
                   .read = fmt::format("it is of type {} and has no address in its status, and no external IPs",
                                       text_at(service->body, {"spec", "type"})),
                   .means = "peers know no gateway for this network: they dial its pods directly",
                   .hint = fmt::format("look why the load balancer gives none: kubectl -n {} describe service {}",
                                       service->id.ns, service->id.name)});
}

void check_gateway_address_kind(const ClusterView& cluster, Findings& found) {
  const Object* service = service_of(cluster);
  if (service == nullptr || cluster.platform.address != LoadBalancerAddress::ip || !has_host_name(*service)) return;
  found.push_back(
      {.object = service->id,
       .read = fmt::format("its address is a host name, {} gives IP addresses", cluster.platform.title),
       .means = "another controller than the platform's serves the Service, or the platform is not the one "
                "that the spec names",
       .hint = fmt::format("correct `cluster.{}.platform`, or look who wrote the address", cluster.cluster.name)});
}

/// (istio-facts 3)
void check_gateway_host_names(const MeshView& mesh, Findings& found) {
  for (const ClusterView* one : mesh.clusters) {
    if (one->env("RESOLVE_HOSTNAME_GATEWAYS") != "false") continue;
    for (const std::string& peer_name : one->cluster.peers) {
      const ClusterView* peer = mesh.find(peer_name);
      const Object* service = peer == nullptr ? nullptr : service_of(*peer);
      if (service == nullptr || !has_host_name(*service)) continue;
      found.push_back(
          {.cluster = one->cluster.name,
           .peer = peer_name,
           .object = one->istiod->id,
           .read = fmt::format("RESOLVE_HOSTNAME_GATEWAYS is `false`, the gateway of {} has a host name", peer_name),
           .means = fmt::format("istiod here knows no gateway for the network of {}", peer_name),
           .hint = "leave the variable out of istiod's environment"});
    }
  }
}

void check_gateway_port(const ClusterView& cluster, Findings& found) {
  const Object* service = service_of(cluster);
  if (service == nullptr) return;
  const std::string other = text_at(service->body, {"metadata", "labels", gateway_port_label});
  const json& ports = list_at(service->body, {"spec", "ports"});
  const bool listens = std::any_of(ports.begin(), ports.end(), [](const json& port) {
    const json* number = member(&port, "port");
    return number != nullptr && *number == 15443;
  });
  if (listens && other.empty()) return;
  found.push_back({.object = service->id,
                   .read = listens ? fmt::format("label {} is `{}`", gateway_port_label, other)
                                   : std::string("it has no port 15443"),
                   .means = "peers dial a port on which the gateway does not listen",
                   .hint = "mesh apply"});
}

void check_gateway_endpoints(const ClusterView& cluster, Findings& found) {
  const Object* service = service_of(cluster);
  if (service == nullptr) return;
  for (const Object& slice : cluster.objects(Topic::endpoint_slices)) {
    if (text_at(slice.body, {"metadata", "labels", "kubernetes.io/service-name"}) != service->id.name) continue;
    for (const json& endpoint : list_at(slice.body, {"endpoints"})) {
      const json* ready = find_field(endpoint, {"conditions", "ready"});
      if (ready == nullptr || *ready != false) return;
    }
  }
  found.push_back({.object = service->id,
                   .read = "it has no ready endpoint: its selector selects no ready pod",
                   .means = "the load balancer has nowhere to send calls from other clusters",
                   .hint = fmt::format("kubectl -n {} get pods -l istio={}", service->id.ns, gateway_selector)});
}

void check_gateway_scalers(const ClusterView& cluster, Findings& found) {
  for (const Object& scaler : cluster.objects(Topic::scalers)) {
    if (!is_scaler_of_gateway(scaler) || scaler.id.name == gateway_name) continue;
    found.push_back({.object = scaler.id,
                     .read = fmt::format("a second autoscaler of Deployment {}", gateway_name),
                     .means = "the two set the number of pods in turn, and Kubernetes calls the selector ambiguous",
                     .hint = fmt::format("kubectl -n {} delete hpa {}", scaler.id.ns, scaler.id.name)});
  }
}

/// What peers see of it is theirs: another side of a firewall.
void check_gateway_reach(const ClusterView& cluster, Findings& found) {
  for (const Object& dialled : cluster.objects(Topic::gateway_reach)) {
    const std::string error = text_at(dialled.body, {"error"});
    if (error.empty()) continue;
    found.push_back({.object = dialled.id,
                     .read = fmt::format("{}:15443 from this machine: {}", text_at(dialled.body, {"address"}), error),
                     .means =
                         "where peers are on this side of the firewall, their calls time out as well; an internal load "
                         "balancer may be out of reach from here and not from them",
                     .hint = "open 15443 for the pods of the peers; `mesh verify` calls from there"});
  }
}

/// What exists wins: an annotation on the live Service decides where the load balancer stands, and taking it away would
/// move the address.
void check_gateway_exposure(const ClusterView& cluster, Findings& found) {
  const Object* service = service_of(cluster);
  const json* annotations = service == nullptr ? nullptr : find_field(service->body, {"metadata", "annotations"});
  const bool is_public = cluster.cluster.gateway.exposure == Exposure::public_;
  const Platform& platform = cluster.platform;
  const auto& ours = is_public ? platform.public_annotations : platform.internal_annotations;
  for (const auto& [name, value] : is_public ? platform.internal_annotations : platform.public_annotations) {
    const auto mine = ours.find(name);
    if (text_of(member(annotations, name)) != value || (mine != ours.end() && mine->second == value)) continue;
    found.push_back({.object = service->id,
                     .read = fmt::format("annotation {} is `{}`, the spec says exposure `{}`", name, value,
                                         is_public ? "public" : "internal"),
                     .means = is_public ? "the load balancer is, or becomes, internal: peers elsewhere cannot dial it"
                                        : "the load balancer may be open to the internet",
                     .hint = fmt::format("set `gateway.exposure` to what it is; or remove the annotation, which moves "
                                         "the address: kubectl -n {} annotate service {} {}-",
                                         service->id.ns, service->id.name, name)});
  }
}

/// A load balancer that ends or wraps TLS breaks AUTO_PASSTHROUGH (istio-facts 6.7, 8).
void check_gateway_protocol(const ClusterView& cluster, Findings& found) {
  const Object* service = service_of(cluster);
  const json* annotations = service == nullptr ? nullptr : find_field(service->body, {"metadata", "annotations"});
  for (const char* name : annotations_against_passthrough) {
    const std::string value = text_of(member(annotations, name));
    if (value.empty() || value == "tcp") continue;
    found.push_back(
        {.object = service->id,
         .read = fmt::format("annotation {} is `{}`", name, value),
         .means = "the load balancer does not pass TLS through as it comes: handshakes with workloads fail",
         .hint = fmt::format("kubectl -n {} annotate service {} {}-", service->id.ns, service->id.name, name)});
  }
}

}  // namespace mesh::istio
