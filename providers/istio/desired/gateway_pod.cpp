#include "providers/istio/desired/gateway_pod.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "engine/base/json.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

/// What pilot-agent and Envoy take from their environment about who they are, whom they ask and whom they trust. The
/// injector sets it, and where the pod has a value already, that wins.
constexpr std::array<const char*, 17> identity_variables = {"CA_ADDR",
                                                            "CA_PROVIDER",
                                                            "CA_ROOT_CA",
                                                            "DISABLE_ENVOY",
                                                            "ISTIOD_SAN",
                                                            "ISTIO_BOOTSTRAP",
                                                            "ISTIO_BOOTSTRAP_OVERRIDE",
                                                            "ISTIO_META_CLUSTER_ID",
                                                            "ISTIO_META_MESH_ID",
                                                            "ISTIO_META_NETWORK",
                                                            "PILOT_CERT_PROVIDER",
                                                            "POD_NAME",
                                                            "POD_NAMESPACE",
                                                            "PROXY_CONFIG",
                                                            "SERVICE_ACCOUNT",
                                                            "TRUST_DOMAIN",
                                                            "XDS_ROOT_CA"};

json own_selector() { return {{"app", gateway_name}, {"istio", gateway_selector}}; }

/// The labels that decide who injects and configures the pods. The network stands here too, because the injector takes
/// it from its own settings otherwise (istio-facts 1.2). Labels of ours that could change without need are not among
/// them: they would restart the pods.
json own_labels(const MemberInputs& member) {
  json labels = own_selector();
  labels[network_label] = member.cluster.network;
  labels["sidecar.istio.io/inject"] = "true";
  // Without it no webhook of a revisioned install takes the pod (istio-facts 6.7); with the default revision it must be
  // absent.
  if (!member.revision.empty()) labels[revision_label] = member.revision;
  return labels;
}

const json* live_selector(const MemberInputs& member) {
  if (member.live == nullptr) return nullptr;
  const Observed observed = member.live->observe(gateway_deployment_id(member.mesh.system_namespace));
  const auto* const* found = std::get_if<const Object*>(&observed);
  if (found == nullptr) return nullptr;
  return find_field((*found)->body, {"spec", "selector"});
}

json container_port(int port) { return {{"containerPort", port}, {"protocol", "TCP"}}; }

/// Image, probes, volumes and most of the environment come from the injector. Ids, resources and capabilities are those
/// of Istio's gateway chart (istio-facts 1.2), quantities in the form in which the API server keeps them.
json container(const MemberInputs& member) {
  json admin = container_port(15090);
  admin["name"] = "http-envoy-prom";
  return {
      {"name", "istio-proxy"},
      {"image", "auto"},
      {"env",
       json::array({json::object({{"name", "ISTIO_META_REQUESTED_NETWORK_VIEW"}, {"value", member.cluster.network}})})},
      {"ports", json::array({container_port(15021), container_port(15443), std::move(admin)})},
      {"resources",
       {{"requests", {{"cpu", "100m"}, {"memory", "128Mi"}}}, {"limits", {{"cpu", "2"}, {"memory", "1Gi"}}}}},
      {"securityContext",
       {{"allowPrivilegeEscalation", false},
        {"capabilities", {{"drop", json::array({"ALL"})}}},
        {"privileged", false},
        {"readOnlyRootFilesystem", true},
        {"runAsUser", 1337},
        {"runAsGroup", 1337},
        {"runAsNonRoot", true}}}};
}

/// Pods of one gateway go to different nodes where there are enough of them.
json spread() {
  json term = {{"labelSelector", {{"matchLabels", own_selector()}}}, {"topologyKey", "kubernetes.io/hostname"}};
  json preferred = json::array({json::object({{"weight", 100}, {"podAffinityTerm", std::move(term)}})});
  return {{"podAntiAffinity", {{"preferredDuringSchedulingIgnoredDuringExecution", std::move(preferred)}}}};
}

}  // namespace

json gateway_pod_selector(const MemberInputs& member) {
  const json* live = live_selector(member);
  if (live == nullptr || !live->is_object()) return own_selector();
  const auto labels = live->find("matchLabels");
  if (labels == live->end() || !labels->is_object() || live->contains("matchExpressions")) return own_selector();
  const json own = own_labels(member);
  const bool fits = std::all_of(labels->items().begin(), labels->items().end(), [&](const auto& label) {
    const auto ours = own.find(label.key());
    return ours == own.end() || *ours == label.value();
  });
  return fits ? *labels : own_selector();
}

json gateway_pod_template(const MemberInputs& member, const json& selector) {
  json labels = selector;
  labels.update(own_labels(member));
  json annotations = {{"inject.istio.io/templates", "gateway"},
                      {"sidecar.istio.io/inject", "true"},
                      {"prometheus.io/port", "15020"},
                      {"prometheus.io/scrape", "true"},
                      {"prometheus.io/path", "/stats/prometheus"}};
  json sysctl = {{"name", "net.ipv4.ip_unprivileged_port_start"}, {"value", "0"}};
  json spec = {{"serviceAccountName", gateway_name},
               {"securityContext", {{"sysctls", json::array({std::move(sysctl)})}}},
               {"affinity", spread()},
               {"containers", json::array({container(member)})}};
  return {{"metadata", {{"labels", std::move(labels)}, {"annotations", std::move(annotations)}}},
          {"spec", std::move(spec)}};
}

void forbid_in_gateway_pod(DesiredObject& deployment, const MemberInputs& member) {
  const FieldPath pod = parse_field_path("spec.template");
  const auto below = [](FieldPath path, const std::string& more) {
    for (PathElement& element : parse_field_path(more)) path.push_back(std::move(element));
    return path;
  };
  for (const char* annotation : {"proxy.istio.io/overrides", "sidecar.istio.io/bootstrapOverride",
                                 "sidecar.istio.io/discoveryAddress", "sidecar.istio.io/status"}) {
    deployment.forbidden.push_back(below(pod, fmt::format("metadata.annotations[\"{}\"]", annotation)));
  }
  // A revision that the spec's is not: with the default revision the label is none of ours.
  if (member.revision.empty())
    deployment.forbidden.push_back(below(pod, fmt::format("metadata.labels[\"{}\"]", revision_label)));
  deployment.forbidden.push_back(below(pod, "spec.hostNetwork"));
  const FieldPath proxy = below(pod, "spec.containers[name=\"istio-proxy\"]");
  for (const char* field : {"command", "args", "envFrom", "readinessProbe"})
    deployment.forbidden.push_back(below(proxy, field));
  for (const int port : {15021, 15443, 15090}) {
    const std::string field = fmt::format("ports[containerPort={},protocol=\"TCP\"].hostPort", port);
    deployment.forbidden.push_back(below(proxy, field));
  }
  for (const char* variable : identity_variables)
    deployment.forbidden.push_back(below(proxy, fmt::format("env[name=\"{}\"]", variable)));
}

}  // namespace mesh::istio
