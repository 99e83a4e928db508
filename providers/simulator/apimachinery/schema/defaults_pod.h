#pragma once

#include <nlohmann/json.hpp>

namespace mesh::simulator {

/// Fills in a pod's spec as it stands in pods and in templates.
void default_pod_spec(nlohmann::json& spec);

/// What a pod itself gets beyond its spec's defaults: requests from limits, service links.
void default_pod(nlohmann::json& spec);

/// Sets a member that is not there, or null.
template <class Value>
void set_if_absent(nlohmann::json& object, const char* name, Value value) {
  nlohmann::json& member = object[name];
  if (member.is_null()) member = std::move(value);
}

/// Calls `visit` for every object in the list that stands under the name, if any.
template <class Visit>
void for_each_in(nlohmann::json& object, const char* name, Visit visit) {
  if (!object.is_object()) return;
  const auto at = object.find(name);
  if (at == object.end() || !at->is_array()) return;
  for (nlohmann::json& item : *at)
    if (item.is_object()) visit(item);
}

/// Calls `visit` with the object under the name, if there is one.
template <class Visit>
void with_member(nlohmann::json& object, const char* name, Visit visit) {
  if (!object.is_object()) return;
  const auto at = object.find(name);
  if (at != object.end() && at->is_object()) visit(*at);
}

}  // namespace mesh::simulator
