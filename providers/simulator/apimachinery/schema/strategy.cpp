#include "providers/simulator/apimachinery/schema/strategy.h"

#include <algorithm>
#include <initializer_list>

#include "providers/simulator/apimachinery/schema/normalize.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

bool one_of(const std::string& text, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(), [&](const char* name) { return text == name; });
}

/// Kinds whose generation tells changes of their spec; custom resources do as well.
bool counts_generations(const Write& write) {
  return schema_for(write).custom ||
         one_of(write.kind,
                {"Deployment", "ReplicaSet", "Pod", "PodDisruptionBudget", "EndpointSlice", "CustomResourceDefinition",
                 "MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"});
}

bool has_status(const Write& write) {
  const Schema& schema = schema_for(write);
  return schema.find("status") != nullptr || schema.keeps_unknown;
}

void take(const json& from, json& to, const char* name) {
  if (from.contains(name))
    to[name] = from.at(name);
  else
    to.erase(name);
}

/// What the type holds before anybody gave a status.
void reset_status(const Write& write, json& object) {
  object.erase("status");
  json empty = empty_object(write);
  if (empty.contains("status")) object["status"] = std::move(empty["status"]);
}

/// Of a new definition: what it is going to be stored as.
json stored_versions(const json& definition) {
  json stored;
  for (const json& version : definition.value(json::json_pointer("/spec/versions"), json::array()))
    if (version.value("storage", false)) stored.push_back(version.value("name", ""));
  return stored;
}

std::string quality_of_service(const json& pod) {
  bool any = false;
  bool guaranteed = true;
  for (const json& container : pod.value(json::json_pointer("/spec/containers"), json::array())) {
    const json resources = container.value("resources", json::object());
    const json requests = resources.value("requests", json::object());
    const json limits = resources.value("limits", json::object());
    any = any || !requests.empty() || !limits.empty();
    for (const char* name : {"cpu", "memory"})
      guaranteed = guaranteed && limits.contains(name) && member(requests, {name}) == limits.at(name);
  }
  return !any ? "BestEffort" : guaranteed ? "Guaranteed" : "Burstable";
}

/// Everything that a generation stands for.
bool spec_changed(const Write& write, const json& before, const json& after) {
  if (write.kind == "Deployment" &&
      member(before, {"metadata", "annotations"}) != member(after, {"metadata", "annotations"}))
    return true;
  const bool whole = schema_for(write).custom || !after.contains("spec");
  if (!whole) return member(before, {"spec"}) != member(after, {"spec"});
  json left = before;
  json right = after;
  for (json* side : {&left, &right}) {
    side->erase("metadata");
    if (!schema_for(write).custom) side->erase("status");
  }
  return left != right;
}

void keep_server_metadata(const json& before, json& after) {
  const json& old = member(before, {"metadata"});
  json& now = after["metadata"];
  for (const char* name : {"creationTimestamp", "deletionGracePeriodSeconds", "selfLink", "generation"})
    take(old, now, name);
  if (!now.contains("deletionTimestamp")) take(old, now, "deletionTimestamp");
  if (!now.contains("uid")) take(old, now, "uid");
  if (!now.contains("generateName")) take(old, now, "generateName");
}

void keep_for_status(const Write& write, const json& before, json& after) {
  const json& old = member(before, {"metadata"});
  if (schema_for(write).custom) {
    json kept = before;
    take(after, kept, "status");
    take(after["metadata"], kept["metadata"], "managedFields");
    take(after["metadata"], kept["metadata"], "resourceVersion");
    after = std::move(kept);
    return;
  }
  take(before, after, "spec");
  if (write.kind == "Deployment") take(old, after["metadata"], "labels");
  if (write.kind == "Pod") {
    take(old, after["metadata"], "ownerReferences");
    if (member(after, {"status"}).value("qosClass", "").empty())
      after["status"]["qosClass"] = member(before, {"status"}).value("qosClass", "");
  }
}

/// Where a list is always shown, an empty one is none: so it comes back from the store.
void empty_lists_are_none(const Schema& schema, json& object) {
  if (schema.custom || !object.is_object()) return;
  for (const auto& [name, field] : schema.fields) {
    const auto at = object.find(name);
    if (at != object.end() && field.always && field.zero.is_null() && at->is_array() && at->empty()) *at = nullptr;
  }
}

}  // namespace

void wipe_system_metadata(json& object) {
  json& metadata = object["metadata"];
  for (const char* name : {"creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "uid"})
    metadata.erase(name);
}

void prepare_for_create(const Write& write, json& object) {
  json& metadata = object["metadata"];
  empty_lists_are_none(schema_for(write), object);
  if (counts_generations(write)) metadata["generation"] = 1;
  if (has_status(write)) reset_status(write, object);
  if (write.kind == "CustomResourceDefinition") object["status"]["storedVersions"] = stored_versions(object);
  if (write.kind == "Namespace" && write.group.empty()) {
    object["status"] = {{"phase", "Active"}};
    json& finalizers = object["spec"]["finalizers"];
    if (!finalizers.is_array()) finalizers = json::array();
    if (std::find(finalizers.begin(), finalizers.end(), "kubernetes") == finalizers.end())
      finalizers.push_back("kubernetes");
  }
  if (write.kind == "Pod" && write.group.empty())
    object["status"] = {{"phase", "Pending"}, {"qosClass", quality_of_service(object)}};
}

void prepare_for_update(const Write& write, const json& before, json& after) {
  keep_server_metadata(before, after);
  empty_lists_are_none(schema_for(write), after);
  if (write.subresource == "status") return keep_for_status(write, before, after);
  if (has_status(write)) take(before, after, "status");
  if (write.kind == "Namespace" && write.group.empty() && write.subresource != "finalize") take(before, after, "spec");
  if (write.kind == "Secret" && !after.contains("type")) take(before, after, "type");
  if (counts_generations(write) && spec_changed(write, before, after))
    after["metadata"]["generation"] = member(before, {"metadata"}).value("generation", 0) + 1;
}

}  // namespace mesh::simulator
