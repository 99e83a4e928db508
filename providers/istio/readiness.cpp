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

/// What the controller itself calls a failure; null when it sees none.
const json* failed_condition(const json& body) {
  if (const json* told = condition(body, "ReplicaFailure"); told != nullptr && text(*told, "status") == "True") {
    return told;
  }
  const json* progress = condition(body, "Progressing");
  return progress != nullptr && text(*progress, "status") == "False" ? progress : nullptr;
}

bool was_observed(const json& body) {
  return number(at(body, {"status", "observedGeneration"})) >= number(at(body, {"metadata", "generation"}));
}

/// As `kubectl rollout status` judges: the condition Available is true of old pods as well.
std::string missing_of_deployment(const ObjectId& id, const json& body) {
  if (!was_observed(body)) return fmt::format("{} was not looked at by its controller yet", to_string(id));
  // The live number: an autoscaler may have changed it.
  const json* spec = at(body, {"spec", "replicas"});
  const auto desired = spec == nullptr ? 1 : number(spec);
  const auto all = number(at(body, {"status", "replicas"}));
  const auto updated = number(at(body, {"status", "updatedReplicas"}));
  const auto available = number(at(body, {"status", "availableReplicas"}));
  std::string sentence;
  if (all > updated) {
    sentence = fmt::format("{} is not rolled out: {} of {} new pods exist, and {} old ones", to_string(id), updated,
                           desired, all - updated);
  } else if (updated < desired || available < updated) {
    sentence = fmt::format("{} is not available: {} of {} pods", to_string(id), available, std::max(desired, updated));
  } else {
    return {};
  }
  const json* told = failed_condition(body);
  return told == nullptr ? sentence
                         : fmt::format("{} ({}: {})", sentence, text(*told, "reason"), text(*told, "message"));
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

bool is_hopeless(const ObjectId& id, const Object* object) {
  if (object == nullptr || id.kind != "Deployment" || !was_observed(object->body)) return false;
  const json* progress = condition(object->body, "Progressing");
  return progress != nullptr && text(*progress, "reason") == "ProgressDeadlineExceeded" &&
         !missing_of(id, object).empty();
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
