#include "providers/istio/desired/gateway_action.h"

#include <fmt/format.h>

#include "engine/base/json.h"
#include "providers/istio/desired/gateway_pod.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/desired/object_readiness.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

/// What older load balancers read where the Service has no loadBalancerSourceRanges.
constexpr const char* source_ranges_annotation = "service.beta.kubernetes.io/load-balancer-source-ranges";

json common_labels() { return {{"app", gateway_name}, {"istio", gateway_selector}}; }

json network_labels(const MemberInputs& member) {
  json labels = common_labels();
  labels[network_label] = member.cluster.network;
  return labels;
}

/// A new account: the one of Istio's old chart may read every Secret of the namespace, which a gateway that ends no TLS
/// never needs (istio-facts 1.3).
DesiredObject account(const MemberInputs& member) {
  const ObjectId id = gateway_account_id(member.mesh.system_namespace);
  return {.id = id, .body = owned_body(member.mesh, id, common_labels())};
}

DesiredObject deployment(const MemberInputs& member) {
  const ObjectId id = gateway_deployment_id(member.mesh.system_namespace);
  DesiredObject object{.id = id, .body = owned_body(member.mesh, id, network_labels(member))};
  const json selector = gateway_pod_selector(member);
  // No replicas: the autoscaler holds them.
  object.body["spec"] = {{"selector", {{"matchLabels", selector}}},
                         {"template", gateway_pod_template(member, selector)}};
  forbid_in_gateway_pod(object, member);
  // An autoscaler stops for good at 0 replicas (kubernetes-facts 5.4), a paused Deployment rolls nothing out, and a
  // rollout that first ends all old pods cuts traffic.
  object.stopped = {{parse_field_path("spec.replicas"), 0, member.cluster.gateway.replicas.min},
                    {parse_field_path("spec.paused"), true, false},
                    {parse_field_path("spec.strategy.type"), "Recreate", "RollingUpdate"},
                    {parse_field_path("spec.strategy.rollingUpdate.maxUnavailable"), "100%", "25%"}};
  return object;
}

json service_port(const char* name, int port) {
  return {{"name", name}, {"port", port}, {"protocol", "TCP"}, {"targetPort", port}};
}

/// Peers would dial them beside the load balancer (istio-facts 3). Where it has given no address they are the only way
/// in, as on premises without a load balancer: then they stay.
bool may_have_external_ips(const MemberInputs& member, const ObjectId& id) {
  if (member.live == nullptr) return false;
  const auto found = member.live->found.find(id);
  return found != member.live->found.end() &&
         list_at(found->second.body, {"status", "loadBalancer", "ingress"}).empty();
}

/// The Service's address is what all other clusters know of this one: it is never replaced for a rename of the network
/// or for an adoption. Its selector fits the pods of old and new charts alike.
DesiredObject service(const MemberInputs& member) {
  const ObjectId id = gateway_service_id(member.mesh.system_namespace);
  const GatewaySpec& gateway = member.cluster.gateway;
  DesiredObject object{.id = id, .body = owned_body(member.mesh, id, network_labels(member))};
  const auto& annotations =
      gateway.exposure == Exposure::public_ ? member.platform.public_annotations : member.platform.internal_annotations;
  if (!annotations.empty()) object.body["metadata"]["annotations"] = annotations;
  json spec = {{"type", "LoadBalancer"}, {"selector", common_labels()}};
  // status-port first: load balancers that probe the first port must find the one that answers probes
  // (istio-facts 1.1).
  spec["ports"] = json::array({service_port("status-port", 15021), service_port("tls", 15443)});
  if (!gateway.source_ranges.empty()) spec["loadBalancerSourceRanges"] = gateway.source_ranges;
  if (gateway.load_balancer_ip) spec["loadBalancerIP"] = *gateway.load_balancer_ip;
  object.body["spec"] = std::move(spec);
  // A port of others with the name of ours, such as ours under another number, excludes ours (kubernetes-facts 5.4).
  object.unique = {{{FieldName{"spec"}, FieldName{"ports"}}, "name"}};
  // Peers would dial the value of the first instead of 15443 (istio-facts 3); for the second kube-proxy leaves the
  // Service alone.
  object.forbidden = {metadata_path("labels", gateway_port_label),
                      metadata_path("labels", "service.kubernetes.io/service-proxy-name")};
  for (const char* annotation : annotations_against_passthrough)
    object.forbidden.push_back(metadata_path("annotations", annotation));
  // Callers would be sent to pods that do not listen yet, or no longer.
  object.stopped = {{parse_field_path("spec.publishNotReadyAddresses"), true, false}};
  if (!may_have_external_ips(member, id)) object.forbidden.push_back({FieldName{"spec"}, FieldName{"externalIPs"}});
  // Who may dial is what the spec says, also where it says "all"; of the two places Kubernetes takes the field first.
  if (gateway.source_ranges.empty()) {
    object.forbidden.push_back({FieldName{"spec"}, FieldName{"loadBalancerSourceRanges"}});
    object.forbidden.push_back(metadata_path("annotations", source_ranges_annotation));
  }
  for (const std::string& annotation : member.platform.creation_only_annotations) {
    object.creation_only.push_back(metadata_path("annotations", annotation));
  }
  return object;
}

/// What decides whether, where and for whom the load balancer listens.
std::vector<FieldPath> listening_fields(const Platform& platform) {
  std::vector<FieldPath> fields;
  for (const char* field : {"externalIPs", "loadBalancerIP", "loadBalancerSourceRanges", "type"}) {
    fields.push_back({FieldName{"spec"}, FieldName{field}});
  }
  for (const auto* annotations : {&platform.public_annotations, &platform.internal_annotations}) {
    for (const auto& [annotation, unused] : *annotations) fields.push_back(metadata_path("annotations", annotation));
  }
  return fields;
}

DesiredObject scaler(const MemberInputs& member) {
  const ObjectId id = gateway_scaler_id(member.mesh.system_namespace);
  DesiredObject object{.id = id, .body = owned_body(member.mesh, id, common_labels())};
  json cpu = {{"type", "Resource"},
              {"resource", {{"name", "cpu"}, {"target", {{"type", "Utilization"}, {"averageUtilization", 80}}}}}};
  object.body["spec"] = {
      {"scaleTargetRef", {{"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", gateway_name}}},
      {"minReplicas", member.cluster.gateway.replicas.min},
      {"maxReplicas", member.cluster.gateway.replicas.max},
      {"metrics", json::array({std::move(cpu)})}};
  // It would never add a pod again.
  object.stopped = {{parse_field_path("spec.behavior.scaleUp.selectPolicy"), "Disabled", "Max"}};
  return object;
}

DesiredObject budget(const MemberInputs& member) {
  const ObjectId id = gateway_budget_id(member.mesh.system_namespace);
  DesiredObject object{.id = id, .body = owned_body(member.mesh, id, common_labels())};
  object.body["spec"] = {{"minAvailable", 1}, {"selector", {{"matchLabels", common_labels()}}}};
  // The API server takes one of the two (kubernetes-facts 5.4).
  object.forbidden = {{FieldName{"spec"}, FieldName{"maxUnavailable"}}};
  return object;
}

}  // namespace

DesiredAction gateway_action(const MemberInputs& member) {
  const std::string& ns = member.mesh.system_namespace;
  DesiredAction action{.address = address_of(member.cluster.name, ActionKind::gateway),
                       .kind = ActionKind::gateway,
                       .cluster = member.cluster.name,
                       .presence = member.presence,
                       .depends_on = {address_of(member.cluster.name, ActionKind::network)}};
  action.objects = {account(member), deployment(member), service(member), scaler(member), budget(member)};
  for (Shared<DesiredObject>& object : action.objects) forbid_pruning(object.edit());
  // Of a cluster that leaves, the removals of the ways to it tell what is cut.
  if (member.presence == Presence::absent) return action;
  action.waits_for = {gateway_deployment_id(ns), gateway_service_id(ns)};
  action.readiness = readiness_of(action.waits_for, member.live);
  for (const std::string& caller : member.callers) {
    action.paths.push_back(fmt::format("{} -> {}", caller, member.cluster.name));
  }
  action.interrupting = listening_fields(member.platform);
  action.interrupting_when_set = true;
  return action;
}

}  // namespace mesh::istio
