#include "providers/istio/checks/rights.h"

#include <set>

#include "providers/istio/desired/names.h"
#include "providers/istio/lease.h"
#include "providers/istio/read_cluster.h"
#include "providers/kubernetes/api.h"

namespace mesh::istio {
namespace {

Right right_to(const std::string& verb, const ObjectId& id) {
  const auto slash = id.api_version.find('/');
  return {.verb = verb,
          .group = slash == std::string::npos ? std::string() : id.api_version.substr(0, slash),
          .resource = kubernetes::plural_of(id.kind),
          .ns = id.ns};
}

}  // namespace

std::vector<Right> rights_of_plan(const MeshSpec& mesh) {
  std::set<Right> rights;
  for (const kubernetes::Read& read : reads_of(mesh)) {
    rights.insert(right_to(read.id.name.empty() ? "list" : "get", read.id));
  }
  return {rights.begin(), rights.end()};
}

std::vector<Right> rights_of_apply(const MeshSpec& mesh) {
  const std::string& ns = mesh.system_namespace;
  std::set<Right> rights = {right_to("patch", namespace_id(ns))};
  // A server-side apply is a patch, and a creation where the object is absent (kubernetes-facts 1.1).
  for (const ObjectId& id : {reader_account_id(ns), reader_role_id(ns), reader_binding_id(ns), token_secret_id(ns),
                             gateway_deployment_id(ns), gateway_service_id(ns), gateway_scaler_id(ns),
                             gateway_budget_id(ns), expose_id(ns, gateway_versions.front())}) {
    for (const char* verb : {"create", "patch", "delete"}) rights.insert(right_to(verb, id));
  }
  // What an action waits for is listed and watched; the token of the reader is read once.
  for (const ObjectId& id : {token_secret_id(ns), gateway_deployment_id(ns), gateway_service_id(ns)}) {
    for (const char* verb : {"list", "watch"}) rights.insert(right_to(verb, id));
  }
  rights.insert(right_to("get", token_secret_id(ns)));
  for (const char* verb : {"get", "create", "patch", "delete"}) rights.insert(right_to(verb, lease_id(ns, mesh.name)));
  for (const Right& read : rights_of_plan(mesh)) rights.erase(read);
  return {rights.begin(), rights.end()};
}

}  // namespace mesh::istio
