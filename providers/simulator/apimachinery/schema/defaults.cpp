#include "providers/simulator/apimachinery/schema/defaults.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <string>
#include <string_view>

#include "engine/base/lower_case.h"
#include "providers/simulator/apimachinery/schema/defaults_pod.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr const char* rbac_group = "rbac.authorization.k8s.io";

json& spec_of(json& object) { return object["spec"]; }

void default_service(json& object) {
  json& spec = spec_of(object);
  set_if_absent(spec, "sessionAffinity", "None");
  const std::string affinity = text(spec, {"sessionAffinity"});
  if (affinity == "None") spec.erase("sessionAffinityConfig");
  if (affinity == "ClientIP" && !spec.contains(json::json_pointer("/sessionAffinityConfig/clientIP/timeoutSeconds")))
    spec["sessionAffinityConfig"] = {{"clientIP", {{"timeoutSeconds", 10800}}}};
  set_if_absent(spec, "type", "ClusterIP");
  const std::string type = text(spec, {"type"});
  for_each_in(spec, "ports", [](json& port) {
    set_if_absent(port, "protocol", "TCP");
    const json target = port.value("targetPort", json(0));
    if (target == 0 || target == json("")) port["targetPort"] = port.value("port", json(0));
  });
  const bool outside = type == "LoadBalancer" || type == "NodePort" ||
                       (type == "ClusterIP" && spec.contains("externalIPs") && !spec["externalIPs"].empty());
  if (outside) set_if_absent(spec, "externalTrafficPolicy", "Cluster");
  if (type == "ClusterIP" || type == "NodePort" || type == "LoadBalancer")
    set_if_absent(spec, "internalTrafficPolicy", "Cluster");
  if (type != "LoadBalancer") return;
  set_if_absent(spec, "allocateLoadBalancerNodePorts", true);
  with_member(object, "status", [](json& status) {
    with_member(status, "loadBalancer", [](json& balancer) {
      for_each_in(balancer, "ingress", [](json& ingress) {
        if (ingress.contains("ip")) set_if_absent(ingress, "ipMode", "VIP");
      });
    });
  });
}

void default_template(json& object) {
  with_member(spec_of(object), "template", [](json& pod) { default_pod_spec(pod["spec"]); });
}

void default_deployment(json& object) {
  json& spec = spec_of(object);
  set_if_absent(spec, "replicas", 1);
  json& strategy = spec["strategy"];
  if (!strategy.is_object()) strategy = json::object();
  set_if_absent(strategy, "type", "RollingUpdate");
  if (strategy["type"] == "RollingUpdate") {
    set_if_absent(strategy, "rollingUpdate", json::object());
    set_if_absent(strategy["rollingUpdate"], "maxUnavailable", "25%");
    set_if_absent(strategy["rollingUpdate"], "maxSurge", "25%");
  }
  set_if_absent(spec, "revisionHistoryLimit", 10);
  set_if_absent(spec, "progressDeadlineSeconds", 600);
  default_template(object);
}

void default_replica_set(json& object) {
  set_if_absent(spec_of(object), "replicas", 1);
  default_template(object);
}

void default_scaling_rules(json& rules, bool up) {
  set_if_absent(rules, "selectPolicy", "Max");
  if (up) set_if_absent(rules, "stabilizationWindowSeconds", 0);
  if (rules.contains("policies")) return;
  json& policies = rules["policies"] = json::array();
  if (up) policies.push_back(json{{"type", "Pods"}, {"value", 4}, {"periodSeconds", 15}});
  policies.push_back(json{{"type", "Percent"}, {"value", 100}, {"periodSeconds", 15}});
}

void default_autoscaler(json& object) {
  json& spec = spec_of(object);
  set_if_absent(spec, "minReplicas", 1);
  if (!spec.contains("metrics"))
    spec["metrics"].push_back(
        json{{"type", "Resource"},
             {"resource", {{"name", "cpu"}, {"target", {{"type", "Utilization"}, {"averageUtilization", 80}}}}}});
  with_member(spec, "behavior", [](json& behavior) {
    default_scaling_rules(behavior["scaleUp"], true);
    default_scaling_rules(behavior["scaleDown"], false);
  });
}

void default_binding(json& object) {
  with_member(object, "roleRef", [](json& role) {
    if (text(role, {"apiGroup"}).empty()) role["apiGroup"] = rbac_group;
  });
  for_each_in(object, "subjects", [](json& subject) {
    const std::string kind = text(subject, {"kind"});
    if (kind == "User" || kind == "Group") set_if_absent(subject, "apiGroup", rbac_group);
  });
}

std::string base64(std::string_view bytes) {
  static constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    unsigned three = 0;
    for (std::size_t k = 0; k < 3; ++k)
      three = three << 8U | (i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) {
      const bool padding = i + k > bytes.size();
      text += padding ? '=' : digits[three >> (18U - 6U * k) & 63U];
    }
  }
  return text;
}

/// Texts that were written go where the bytes are.
void default_secret(json& object) {
  set_if_absent(object, "type", "Opaque");
  const auto texts = object.find("stringData");
  if (texts == object.end()) return;
  const json given = *texts;
  object.erase(texts);
  for (const auto& [key, value] : given.items())
    if (value.is_string()) object["data"][key] = base64(value.get_ref<const std::string&>());
}

void default_namespace(json& object) {
  const std::string name = text(object["metadata"], {"name"});
  if (!name.empty()) object["metadata"]["labels"]["kubernetes.io/metadata.name"] = name;
  if (text(object["status"], {"phase"}).empty()) object["status"]["phase"] = "Active";
}

void default_endpoints(json& object) {
  for_each_in(object, "subsets", [](json& subset) {
    for_each_in(subset, "ports", [](json& port) { set_if_absent(port, "protocol", "TCP"); });
  });
}

void default_endpoint_slice(json& object) {
  for_each_in(object, "ports", [](json& port) {
    set_if_absent(port, "name", "");
    set_if_absent(port, "protocol", "TCP");
  });
}

void default_webhooks(json& object) {
  const bool mutating = text(object, {"kind"}) == "MutatingWebhookConfiguration";
  for_each_in(object, "webhooks", [&](json& hook) {
    set_if_absent(hook, "failurePolicy", "Fail");
    set_if_absent(hook, "matchPolicy", "Equivalent");
    set_if_absent(hook, "namespaceSelector", json::object());
    set_if_absent(hook, "objectSelector", json::object());
    set_if_absent(hook, "timeoutSeconds", 10);
    if (mutating) set_if_absent(hook, "reinvocationPolicy", "Never");
    for_each_in(hook, "rules", [](json& rule) { set_if_absent(rule, "scope", "*"); });
    with_member(hook, "clientConfig", [](json& config) {
      with_member(config, "service", [](json& service) { set_if_absent(service, "port", 443); });
    });
  });
}

void default_custom_definition(json& object) {
  json& spec = spec_of(object);
  json& names = spec["names"];
  std::string kind = text(names, {"kind"});
  set_if_absent(names, "listKind", kind + "List");
  kind = lower_case(kind);
  set_if_absent(names, "singular", kind);
  set_if_absent(spec, "conversion", json{{"strategy", "None"}});
}

void default_token_request(json& object) { set_if_absent(spec_of(object), "expirationSeconds", 3600); }

void default_pod_object(json& object) {
  default_pod_spec(spec_of(object));
  default_pod(spec_of(object));
}

}  // namespace

void set_defaults(const Write& write, json& object) {
  static const std::map<std::string, void (*)(json&), std::less<>> by_kind = {
      {"/Service", default_service},
      {"/Secret", default_secret},
      {"/Namespace", default_namespace},
      {"/Pod", default_pod_object},
      {"/Endpoints", default_endpoints},
      {"apps/Deployment", default_deployment},
      {"apps/ReplicaSet", default_replica_set},
      {"autoscaling/HorizontalPodAutoscaler", default_autoscaler},
      {"rbac.authorization.k8s.io/RoleBinding", default_binding},
      {"rbac.authorization.k8s.io/ClusterRoleBinding", default_binding},
      {"discovery.k8s.io/EndpointSlice", default_endpoint_slice},
      {"admissionregistration.k8s.io/MutatingWebhookConfiguration", default_webhooks},
      {"admissionregistration.k8s.io/ValidatingWebhookConfiguration", default_webhooks},
      {"apiextensions.k8s.io/CustomResourceDefinition", default_custom_definition},
      {"authentication.k8s.io/TokenRequest", default_token_request}};
  if (write.kind == "HorizontalPodAutoscaler" && write.version == "v1") {
    set_if_absent(spec_of(object), "minReplicas", 1);
    return;
  }
  const auto at = by_kind.find(write.group + "/" + write.kind);
  if (at != by_kind.end()) at->second(object);
}

}  // namespace mesh::simulator
