#include <fmt/format.h>

#include <algorithm>

#include "engine/base/digest.h"
#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// The number behind a targetPort: itself, or the container port of that name in the pod.
std::int64_t target_of(const json& port, const json* pod) {
  const json* target = at(port, {"targetPort"});
  if (target != nullptr && target->is_number_integer()) return target->get<std::int64_t>();
  if (target != nullptr && target->is_string() && pod != nullptr) {
    for (const json& container : items(*pod, {"spec", "containers"})) {
      for (const json& one : items(container, {"ports"})) {
        if (text(one, {"name"}) == target->get<std::string>()) return number(one, {"containerPort"});
      }
    }
    return 0;
  }
  return number(port, {"port"});
}

json ports_of(const json& service, const json* pod) {
  json ports = json::array();
  for (const json& port : items(service, {"spec", "ports"})) {
    const std::int64_t target = target_of(port, pod);
    if (target == 0) continue;
    const std::string protocol = text(port, {"protocol"});
    ports.push_back(
        {{"name", text(port, {"name"})}, {"port", target}, {"protocol", protocol.empty() ? "TCP" : protocol}});
  }
  return ports;
}

json reference(const json& pod) {
  return {{"kind", "Pod"},
          {"name", name_of(pod)},
          {"namespace", namespace_of(pod)},
          {"uid", text(pod, {"metadata", "uid"})}};
}

json slice_endpoint(const json& pod) {
  const bool ready = is_ready(pod);
  const bool going = at(pod, {"metadata", "deletionTimestamp"}) != nullptr;
  return {{"addresses", {text(pod, {"status", "podIP"})}},
          {"conditions", {{"ready", ready}, {"serving", ready}, {"terminating", going}}},
          {"nodeName", text(pod, {"spec", "nodeName"})},
          {"targetRef", reference(pod)}};
}

std::vector<ObjectPtr> chosen_pods(const ClusterContext& context, const json& service) {
  std::vector<ObjectPtr> pods;
  const json& selector = *at(service, {"spec", "selector"});
  for (const ObjectPtr& pod : context.objects->list(resource::pods, namespace_of(service))) {
    if (!text(*pod, {"status", "podIP"}).empty() && has_labels(labels_of(*pod), selector)) pods.push_back(pod);
  }
  return pods;
}

void write_slice(ClusterContext& context, const json& service, const json& ports, const std::vector<ObjectPtr>& pods) {
  json endpoints = json::array();
  for (const ObjectPtr& pod : pods) endpoints.push_back(slice_endpoint(*pod));
  const std::string name = name_of(service);
  for (const ObjectPtr& slice : context.objects->list(resource::slices, namespace_of(service))) {
    if (label(*slice, "kubernetes.io/service-name") != name) continue;
    if (items(*slice, {"endpoints"}) == endpoints && items(*slice, {"ports"}) == ports) return;
    context.patch(controller_manager, resource::slices, "v1", *slice, {{"endpoints", endpoints}, {"ports", ports}},
                  false);
    return;
  }
  json labels = {{"kubernetes.io/service-name", name},
                 {"endpointslice.kubernetes.io/managed-by", "endpointslice-controller.k8s.io"}};
  for (const auto& [key, value] : labels_of(service)) labels.emplace(key, value);
  context.create(controller_manager, resource::slices, "v1",
                 {{"apiVersion", "discovery.k8s.io/v1"},
                  {"kind", "EndpointSlice"},
                  {"metadata",
                   {{"generateName", name + "-"},
                    {"namespace", namespace_of(service)},
                    {"labels", std::move(labels)},
                    {"ownerReferences", json::array({owner_reference("v1", "Service", service)})}}},
                  {"addressType", "IPv4"},
                  {"ports", ports},
                  {"endpoints", endpoints}});
}

void write_endpoints(ClusterContext& context, const json& service, const json& ports,
                     const std::vector<ObjectPtr>& pods) {
  json ready = json::array();
  json waiting = json::array();
  for (const ObjectPtr& pod : pods) {
    json address = {{"ip", text(*pod, {"status", "podIP"})},
                    {"nodeName", text(*pod, {"spec", "nodeName"})},
                    {"targetRef", reference(*pod)}};
    (is_ready(*pod) ? ready : waiting).push_back(std::move(address));
  }
  json subsets = json::array();
  if (!pods.empty() && !ports.empty()) {
    json subset = {{"ports", ports}};
    if (!ready.empty()) subset["addresses"] = ready;
    if (!waiting.empty()) subset["notReadyAddresses"] = waiting;
    subsets.push_back(std::move(subset));
  }
  const ObjectPtr live = context.objects->get(resource::endpoints, namespace_of(service), name_of(service));
  if (live == nullptr) {
    json made = {{"apiVersion", "v1"},
                 {"kind", "Endpoints"},
                 {"metadata",
                  {{"name", name_of(service)}, {"namespace", namespace_of(service)}, {"labels", labels_of(service)}}}};
    if (!subsets.empty()) made["subsets"] = subsets;
    context.create(controller_manager, resource::endpoints, "v1", made);
  } else if (items(*live, {"subsets"}) != subsets) {
    context.patch(controller_manager, resource::endpoints, "v1", *live, {{"subsets", subsets}}, false);
  }
}

}  // namespace

void reconcile_endpoints(ClusterContext& context, const std::string& ns, const std::string& name) {
  const ObjectPtr service = context.objects->get(resource::services, ns, name);
  if (service == nullptr) {
    // Slices go with their owner; Endpoints have the Service's name and no owner.
    if (const ObjectPtr left = context.objects->get(resource::endpoints, ns, name)) {
      context.remove(controller_manager, resource::endpoints, "v1", *left);
    }
    return;
  }
  const json* selector = at(*service, {"spec", "selector"});
  if (selector == nullptr || selector->empty() || text(*service, {"spec", "type"}) == "ExternalName") return;
  const std::vector<ObjectPtr> pods = chosen_pods(context, *service);
  const json ports = ports_of(*service, pods.empty() ? nullptr : pods.front().get());
  write_slice(context, *service, ports, pods);
  write_endpoints(context, *service, ports, pods);
}

}  // namespace mesh::simulator
