#include "providers/simulator/apiserver/registry/leftovers.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace mesh::simulator {

using nlohmann::json;

namespace {

void set_condition(json& conditions, const char* type, const char* reason, bool holds, const std::string& message,
                   const std::string& now) {
  if (!conditions.is_array()) conditions = json::array();
  const char* status = holds ? "True" : "False";
  auto at = std::find_if(conditions.begin(), conditions.end(), [&](const json& one) { return one["type"] == type; });
  if (at == conditions.end()) {
    conditions.push_back({{"type", type}, {"lastTransitionTime", now}});
    at = conditions.end() - 1;
  } else if (at->value("status", "") != status) {
    (*at)["lastTransitionTime"] = now;
  }
  (*at)["status"] = status;
  (*at)["reason"] = reason;
  (*at)["message"] = message;
}

}  // namespace

Leftovers leftovers_in(const Store& store, const std::string& ns) {
  Leftovers left;
  for (const std::string& resource : store.resources_in(ns)) {
    const std::string name = resource.find('.') == std::string::npos ? resource + "." : resource;
    for (const StoredPtr& object : store.read(resource, ns).objects) {
      ++left.resources[name];
      for (const std::string& finalizer : object->finalizers) ++left.finalizers[finalizer];
    }
  }
  return left;
}

void report_leftovers(const Leftovers& left, const std::string& now, json& conditions) {
  std::vector<std::string> resources;
  std::vector<std::string> finalizers;
  for (const auto& [name, count] : left.resources)
    resources.push_back(fmt::format("{} has {} resource instances", name, count));
  for (const auto& [name, count] : left.finalizers)
    finalizers.push_back(fmt::format("{} in {} resource instances", name, count));
  set_condition(conditions, "NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", false,
                "All resources successfully discovered", now);
  set_condition(conditions, "NamespaceDeletionGroupVersionParsingFailure", "ParsedGroupVersions", false,
                "All legacy kube types successfully parsed", now);
  set_condition(conditions, "NamespaceDeletionContentFailure", "ContentDeleted", false,
                "All content successfully deleted, may be waiting on finalization", now);
  set_condition(conditions, "NamespaceContentRemaining", resources.empty() ? "ContentRemoved" : "SomeResourcesRemain",
                !resources.empty(),
                resources.empty() ? "All content successfully removed"
                                  : fmt::format("Some resources are remaining: {}", fmt::join(resources, ", ")),
                now);
  set_condition(conditions, "NamespaceFinalizersRemaining",
                finalizers.empty() ? "ContentHasNoFinalizers" : "SomeFinalizersRemain", !finalizers.empty(),
                finalizers.empty() ? "All content-preserving finalizers finished"
                                   : fmt::format("Some content in the namespace has finalizers remaining: {}",
                                                 fmt::join(finalizers, ", ")),
                now);
}

}  // namespace mesh::simulator
