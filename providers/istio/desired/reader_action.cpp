#include "providers/istio/desired/reader_action.h"

#include <fmt/format.h>

#include "providers/istio/desired/names.h"
#include "providers/istio/desired/object_readiness.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

json rule(std::vector<std::string> groups, std::vector<std::string> resources, std::vector<std::string> verbs) {
  return {{"apiGroups", std::move(groups)}, {"resources", std::move(resources)}, {"verbs", std::move(verbs)}};
}

/// What an istiod of another cluster asks for, no more: one missing rule and an informer there never syncs
/// (istio-facts 5.2).
json reader_rules() {
  const std::vector<std::string> read = {"get", "list", "watch"};
  json rules = json::array();
  rules.push_back(rule({"config.istio.io", "security.istio.io", "networking.istio.io", "authentication.istio.io",
                        "rbac.istio.io", "telemetry.istio.io", "extensions.istio.io"},
                       {"*"}, read));
  rules.push_back(
      rule({""}, {"endpoints", "pods", "services", "nodes", "replicationcontrollers", "namespaces", "secrets"}, read));
  rules.push_back(rule({"networking.istio.io"}, {"workloadentries"}, read));
  rules.push_back(rule({"networking.x-k8s.io", "gateway.networking.k8s.io"}, {"gateways"}, read));
  rules.push_back(rule({"apiextensions.k8s.io"}, {"customresourcedefinitions"}, read));
  rules.push_back(rule({"discovery.k8s.io"}, {"endpointslices"}, read));
  rules.push_back(rule({"multicluster.x-k8s.io"}, {"serviceexports"}, {"get", "list", "watch", "create", "delete"}));
  rules.push_back(rule({"multicluster.x-k8s.io"}, {"serviceimports"}, read));
  rules.push_back(rule({"apps"}, {"replicasets"}, read));
  rules.push_back(rule({"authentication.k8s.io"}, {"tokenreviews"}, {"create"}));
  rules.push_back(rule({"authorization.k8s.io"}, {"subjectaccessreviews"}, {"create"}));
  return rules;
}

DesiredObject account(const MemberInputs& member) {
  const ObjectId id = reader_account_id(member.mesh.system_namespace);
  return {.id = id, .body = owned_body(member.mesh, id), .ownership = Ownership::shared};
}

DesiredObject role(const MemberInputs& member) {
  const ObjectId id = reader_role_id(member.mesh.system_namespace);
  DesiredObject object{.id = id, .body = owned_body(member.mesh, id)};
  object.body["rules"] = reader_rules();
  // A controller would put other rules in the place of these, or give these to everybody who may view, edit or
  // administer a namespace.
  object.forbidden = {{FieldName{"aggregationRule"}}};
  for (const char* role : {"admin", "edit", "view"}) {
    const std::string label = fmt::format("rbac.authorization.k8s.io/aggregate-to-{}", role);
    object.forbidden.push_back(metadata_path("labels", label));
  }
  forbid_pruning(object);
  return object;
}

DesiredObject binding(const MemberInputs& member) {
  const std::string& ns = member.mesh.system_namespace;
  const ObjectId id = reader_binding_id(ns);
  DesiredObject object{.id = id, .body = owned_body(member.mesh, id)};
  object.body["roleRef"] = {
      {"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "ClusterRole"}, {"name", reader_role_id(ns).name}};
  object.body["subjects"] =
      json::array({json::object({{"kind", "ServiceAccount"}, {"name", reader_account}, {"namespace", ns}})});
  forbid_pruning(object);
  return object;
}

/// istioctl looks for this very name, so a token of either serves both (istio-facts 5.3).
DesiredObject token(const MemberInputs& member) {
  const ObjectId id = token_secret_id(member.mesh.system_namespace);
  DesiredObject object{.id = id, .body = owned_body(member.mesh, id), .ownership = Ownership::shared};
  object.body["metadata"]["annotations"] = {{"kubernetes.io/service-account.name", reader_account}};
  object.body["type"] = "kubernetes.io/service-account-token";
  // The controller of tokens writes it, on Secrets of this type alone.
  object.evidence = metadata_path("annotations", "kubernetes.io/service-account.uid");
  // The API server refuses a token whose Secret has it.
  object.forbidden = {metadata_path("labels", "kubernetes.io/legacy-token-invalid-since")};
  return object;
}

}  // namespace

DesiredAction reader_action(const MemberInputs& member) {
  DesiredAction action{.address = address_of(member.cluster.name, ActionKind::reader),
                       .kind = ActionKind::reader,
                       .cluster = member.cluster.name,
                       .presence = member.presence};
  action.objects = {account(member), role(member), binding(member), token(member)};
  if (member.presence == Presence::present) {
    action.waits_for = {token_secret_id(member.mesh.system_namespace)};
    action.readiness = readiness_of(action.waits_for, member.live);
  }
  return action;
}

}  // namespace mesh::istio
