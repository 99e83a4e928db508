#include "providers/istio/desired/names.h"

#include <fmt/format.h>

namespace mesh::istio {
namespace {

constexpr const char* rbac = "rbac.authorization.k8s.io/v1";

/// A name of ours, so that it never fights the pair that each revision of Istio's installer writes and prunes itself.
std::string reader_role_name(const std::string& ns) { return fmt::format("mesh-istio-reader-{}", ns); }

}  // namespace

ObjectId namespace_id(const std::string& ns) { return {"v1", "Namespace", "", ns}; }
ObjectId istiods_id(const std::string& ns) { return {"apps/v1", "Deployment", ns, ""}; }
ObjectId reader_account_id(const std::string& ns) { return {"v1", "ServiceAccount", ns, reader_account}; }
ObjectId reader_role_id(const std::string& ns) { return {rbac, "ClusterRole", "", reader_role_name(ns)}; }
ObjectId reader_binding_id(const std::string& ns) { return {rbac, "ClusterRoleBinding", "", reader_role_name(ns)}; }
ObjectId token_secret_id(const std::string& ns) { return {"v1", "Secret", ns, token_secret}; }
ObjectId secrets_id(const std::string& ns) { return {"v1", "Secret", ns, ""}; }
ObjectId gateway_account_id(const std::string& ns) { return {"v1", "ServiceAccount", ns, gateway_name}; }
ObjectId gateway_deployment_id(const std::string& ns) { return {"apps/v1", "Deployment", ns, gateway_name}; }
ObjectId gateway_service_id(const std::string& ns) { return {"v1", "Service", ns, gateway_name}; }
ObjectId gateway_scaler_id(const std::string& ns) {
  return {"autoscaling/v2", "HorizontalPodAutoscaler", ns, gateway_name};
}
ObjectId gateway_budget_id(const std::string& ns) { return {"policy/v1", "PodDisruptionBudget", ns, gateway_name}; }
ObjectId expose_id(const std::string& ns, const std::string& version) {
  return {fmt::format("{}/{}", istio_group, version), "Gateway", ns, expose_name};
}
ObjectId remote_secret_id(const std::string& ns, const std::string& cluster_id) {
  return {"v1", "Secret", ns, fmt::format("istio-remote-secret-{}", cluster_id)};
}

}  // namespace mesh::istio
