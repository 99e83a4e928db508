#include "providers/istio/readiness.h"

#include <fmt/format.h>

#include <algorithm>

namespace mesh::istio {
namespace {

using nlohmann::json;

const json* at(const json& body, std::initializer_list<const char*> names) {
  const json* value = &body;
  for (const char* name : names) {
    if (!value->is_object()) return nullptr;
    const auto it = value->find(name);
    if (it == value->end()) return nullptr;
    value = &*it;
  }
  return value;
}

std::int64_t number(const json* value) {
  return value != nullptr && value->is_number_integer() ? value->get<std::int64_t>() : 0;
}

std::string text(const json& object, const char* key) {
  const auto it = object.find(key);
  return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

const json* condition(const json& body, const char* type) {
  const json* conditions = at(body, {"status", "conditions"});
  if (conditions == nullptr || !conditions->is_array()) return nullptr;
  for (const json& one : *conditions) {
    if (one.is_object() && text(one, "type") == type) return &one;
  }
  return nullptr;
}

std::string missing_of_deployment(const ObjectId& id, const json& body) {
  if (number(at(body, {"status", "observedGeneration"})) < number(at(body, {"metadata", "generation"}))) {
    return fmt::format("{} was not looked at by its controller yet", to_string(id));
  }
  const json* available = condition(body, "Available");
  if (available != nullptr && text(*available, "status") == "True") return {};
  const json* replicas = at(body, {"spec", "replicas"});
  std::string sentence =
      fmt::format("{} is not available: {} of {} pods", to_string(id),
                  number(at(body, {"status", "availableReplicas"})), replicas == nullptr ? 1 : number(replicas));
  const json* progress = condition(body, "Progressing");
  for (const json* told : {condition(body, "ReplicaFailure"), progress}) {
    if (told == nullptr || (told == progress && text(*told, "status") != "False")) continue;
    return fmt::format("{} ({}: {})", sentence, text(*told, "reason"), text(*told, "message"));
  }
  return sentence;
}

/// A controller that fills a token Secret owns the field: that is seen without reading the value.
bool owns_token(const ManagedFields& entry) {
  const json* data = at(entry.fields, {"f:data"});
  return data != nullptr && data->is_object() && data->contains("f:token");
}

std::string missing_of_token(const ObjectId& id, const Object& object) {
  const bool filled = at(object.body, {"data", "token"}) != nullptr ||
                      std::any_of(object.managers.begin(), object.managers.end(), owns_token) ||
                      // Someone reset the ownership; such a Secret is old enough to be filled.
                      (object.metadata_only && object.managers.empty());
  return filled ? std::string() : fmt::format("{} has no token yet", to_string(id));
}

}  // namespace

std::vector<std::string> addresses_of(const Object& service) {
  std::vector<std::string> addresses;
  if (const json* ingress = at(service.body, {"status", "loadBalancer", "ingress"}); ingress && ingress->is_array()) {
    for (const json& one : *ingress) {
      std::string address = text(one, "ip");
      if (address.empty()) address = text(one, "hostname");
      if (!address.empty()) addresses.push_back(std::move(address));
    }
  }
  if (const json* external = at(service.body, {"spec", "externalIPs"}); external && external->is_array()) {
    for (const json& one : *external) {
      if (one.is_string()) addresses.push_back(one.get<std::string>());
    }
  }
  return addresses;
}

std::string missing_of(const ObjectId& id, const Object* object) {
  if (object == nullptr) return fmt::format("{} does not exist", to_string(id));
  if (id.kind == "Deployment") return missing_of_deployment(id, object->body);
  if (id.kind == "Service") {
    return addresses_of(*object).empty() ? fmt::format("{} has no address yet", to_string(id)) : std::string();
  }
  if (id.kind == "Secret") return missing_of_token(id, *object);
  return {};
}

std::string missing_now(const std::vector<ObjectId>& ids, const ClusterState* live) {
  if (live == nullptr) return {};
  for (const ObjectId& id : ids) {
    const Observed observed = live->observe(id);
    if (std::holds_alternative<Unreadable>(observed)) continue;
    const auto* const* found = std::get_if<const Object*>(&observed);
    if (std::string missing = missing_of(id, found == nullptr ? nullptr : *found); !missing.empty()) return missing;
  }
  return {};
}

}  // namespace mesh::istio
