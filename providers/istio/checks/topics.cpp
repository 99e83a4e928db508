#include "providers/istio/checks/topics.h"

#include <fmt/format.h>

#include "providers/istio/desired/names.h"
#include "providers/istio/injection.h"

namespace mesh::istio {
namespace {

using kubernetes::Read;

/// Istio's policies are served as v1beta1 by every release since 1.20 (istio-facts 4).
constexpr const char* networking = "networking.istio.io/v1beta1";
constexpr const char* security = "security.istio.io/v1beta1";

std::vector<TopicRead> reads_of_plan(const MeshSpec& mesh) {
  const std::string& ns = mesh.system_namespace;
  return {
      {Topic::config_maps, {.id = {"v1", "ConfigMap", ns, ""}}},
      {Topic::webhooks, {.id = injection_webhooks_id(), .label_selector = "app=sidecar-injector"}},
      {Topic::network_services, {.id = {"v1", "Service", "", ""}, .label_selector = network_label}},
      {Topic::scalers, {.id = {"autoscaling/v2", "HorizontalPodAutoscaler", ns, ""}}},
      {Topic::gateways, {.id = {networking, "Gateway", "", ""}}},
      {Topic::peer_authentications, {.id = {security, "PeerAuthentication", "", ""}}},
  };
}

}  // namespace

std::vector<TopicRead> reads_for_checks(const MeshSpec& mesh, CheckDepth depth) {
  std::vector<TopicRead> reads = reads_of_plan(mesh);
  if (depth == CheckDepth::plan) return reads;
  const std::string& ns = mesh.system_namespace;
  reads.push_back({Topic::destination_rules, {.id = {networking, "DestinationRule", "", ""}}});
  reads.push_back({Topic::services, {.id = {"v1", "Service", ns, ""}}});
  reads.push_back({Topic::endpoint_slices, {.id = {"discovery.k8s.io/v1", "EndpointSlice", ns, ""}}});
  reads.push_back({Topic::gateway_pods,
                   {.id = {"v1", "Pod", ns, ""}, .label_selector = fmt::format("istio={}", gateway_selector)}});
  reads.push_back(
      {Topic::gateway_definition,
       {.id = {"apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "gateways.networking.istio.io"}}});
  if (mesh.fleet_project) {
    reads.push_back({Topic::membership, {.id = {"hub.gke.io/v1", "Membership", "", "membership"}}});
  }
  return reads;
}

ObjectId base_read_of(Topic topic, const MeshSpec& mesh) {
  const std::string& ns = mesh.system_namespace;
  if (topic == Topic::system_namespace) return namespace_id(ns);
  if (topic == Topic::istiods) return istiods_id(ns);
  if (topic == Topic::secrets) return secrets_id(ns);
  if (topic == Topic::gateway_deployment) return gateway_deployment_id(ns);
  if (topic == Topic::gateway_service) return gateway_service_id(ns);
  return {};
}

std::string name_of(Topic topic) { return fmt::format("topic-{}", static_cast<int>(topic)); }

std::string title_of(Topic topic, const MeshSpec& mesh) {
  if (topic == Topic::rights) return "the rights of this account";
  if (topic == Topic::clock) return "the clock of the API server";
  if (topic == Topic::credentials) return "the kubeconfigs in remote Secrets";
  if (topic == Topic::istiod_memory) return "the memory of istiod";
  ObjectId id = base_read_of(topic, mesh);
  for (const TopicRead& one : reads_for_checks(mesh, CheckDepth::everything)) {
    if (one.topic == topic) id = one.read.id;
  }
  if (!id.name.empty()) return to_string(id);
  return id.ns.empty() ? fmt::format("{}s", id.kind) : fmt::format("{}s of namespace {}", id.kind, id.ns);
}

}  // namespace mesh::istio
