#include <fmt/format.h>

#include "engine/base/digest.h"
#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr const char* istiod_agent = "pilot-discovery";

json named(const char* kind, const std::string& ns, const std::string& name) {
  return {{"apiVersion", "v1"}, {"kind", kind}, {"metadata", {{"name", name}, {"namespace", ns}}}};
}

/// Keeps one key of a ConfigMap at a value.
void hold_root(ClusterContext& context, const char* agent, const std::string& ns, const char* name, const char* key,
               const std::string& pem, const json& metadata) {
  const ObjectPtr live = context.objects->get(resource::config_maps, ns, name);
  if (live == nullptr) {
    json map = named("ConfigMap", ns, name);
    map["metadata"].update(metadata);
    map["data"] = {{key, pem}};
    context.create(agent, resource::config_maps, "v1", map);
  } else if (text(*live, {"data", key}) != pem) {
    context.patch(agent, resource::config_maps, "v1", *live, {{"data", {{key, pem}}}}, false);
  }
}

std::string value_of(const json& secret, const char* key) {
  const auto bytes = base64_decode(text(secret, {"data", key}));
  return bytes ? *bytes : std::string();
}

/// Where istiod leaves no roots (istio-facts 6.2).
bool is_left_out(const std::string& ns) {
  return ns == "kube-public" || ns == "kube-node-lease" || ns == "local-path-storage";
}

}  // namespace

void choose_root(ClusterContext& context, const json& istiod_pod) {
  const std::string uid = text(istiod_pod, {"metadata", "uid"});
  if (context.istiod_root_of == uid) return;
  const std::string& ns = context.settings.system_namespace;
  std::string root;
  if (const ObjectPtr plugged = context.objects->get(resource::secrets, ns, "cacerts")) {
    root = value_of(*plugged, "root-cert.pem");
    if (root.empty()) root = value_of(*plugged, "ca.crt");
  } else if (const ObjectPtr own = context.objects->get(resource::secrets, ns, "istio-ca-secret")) {
    root = value_of(*own, "root-cert.pem");
    if (root.empty()) root = value_of(*own, "ca-cert.pem");
  }
  if (root.empty()) return;
  context.istiod_root_of = uid;
  context.istiod_root = root;
  for (const StoredPtr& one : context.api.all("namespaces")) context.plan(ControllerKind::ns, "", one->name);
}

void reconcile_namespace(ClusterContext& context, const std::string&, const std::string& name) {
  const StoredPtr home = context.api.find("namespaces", "", name);
  if (home == nullptr || home->deleting) return;
  if (context.api.find("serviceaccounts", name, "default") == nullptr) {
    context.create(controller_manager, resource::service_accounts, "v1", named("ServiceAccount", name, "default"));
  }
  const json note = {{"annotations",
                      {{"kubernetes.io/description",
                        "Contains a CA bundle that can be used to verify the kube-apiserver when using "
                        "internal endpoints such as the internal service IP or kubernetes.default.svc. "
                        "No other usage is guaranteed across distributions of Kubernetes clusters."}}}};
  hold_root(context, controller_manager, name, "kube-root-ca.crt", "ca.crt", context.authority(), note);
  if (!context.istiod_root.empty() && !is_left_out(name)) {
    hold_root(context, istiod_agent, name, "istio-ca-root-cert", "root-cert.pem", context.istiod_root,
              {{"labels", {{"istio.io/config", "true"}}}});
  }
}

}  // namespace mesh::simulator
