#include "providers/istio/desired/object_readiness.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/json.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

std::int64_t number(const json* value) {
  return value != nullptr && value->is_number_integer() ? value->get<std::int64_t>() : 0;
}

const json* condition(const json& body, const char* type) {
  for (const json& one : list_at(body, {"status", "conditions"})) {
    if (text_at(one, "type") == type) return &one;
  }
  return nullptr;
}

/// What the controller itself calls a failure; null when it sees none.
const json* failed_condition(const json& body) {
  const json* refused = condition(body, "ReplicaFailure");
  if (refused != nullptr && text_at(*refused, "status") == "True") return refused;
  const json* progress = condition(body, "Progressing");
  return progress != nullptr && text_at(*progress, "status") == "False" ? progress : nullptr;
}

bool was_observed(const json& body) {
  return number(find_field(body, {"status", "observedGeneration"})) >=
         number(find_field(body, {"metadata", "generation"}));
}

/// As `kubectl rollout status` judges: the condition Available is true of old pods as well.
Readiness readiness_of_deployment(const ObjectId& id, const json& body) {
  if (!was_observed(body)) return fmt::format("{} was not looked at by its controller yet", to_string(id));
  // The live number: an autoscaler may have changed it.
  const json* spec = find_field(body, {"spec", "replicas"});
  const auto desired = spec == nullptr ? 1 : number(spec);
  const auto all = number(find_field(body, {"status", "replicas"}));
  const auto updated = number(find_field(body, {"status", "updatedReplicas"}));
  const auto available = number(find_field(body, {"status", "availableReplicas"}));
  if (desired == 0) return fmt::format("{} is scaled to 0 pods", to_string(id));
  std::string sentence;
  if (all > updated) {
    sentence = fmt::format("{} is not rolled out: {} of {} new pods exist, and {} old ones", to_string(id), updated,
                           desired, all - updated);
  } else if (updated < desired || available < updated) {
    sentence = fmt::format("{} is not available: {} of {} pods", to_string(id), available, std::max(desired, updated));
  } else {
    return {};
  }
  const json* failed = failed_condition(body);
  if (failed == nullptr) return sentence;
  sentence += fmt::format(" ({}: {})", text_at(*failed, "reason"), text_at(*failed, "message"));
  const json* progress = condition(body, "Progressing");
  const bool given_up = progress != nullptr && text_at(*progress, "reason") == "ProgressDeadlineExceeded";
  return given_up ? Readiness::failed(std::move(sentence)) : Readiness(std::move(sentence));
}

/// A controller that fills a token Secret owns the field: that is seen without reading the value.
bool owns_token(const ManagedFields& entry) { return find_field(entry.fields, {"f:data", "f:token"}) != nullptr; }

Readiness readiness_of_token(const ObjectId& id, const Object& object) {
  const bool filled = find_field(object.body, {"data", "token"}) != nullptr ||
                      std::any_of(object.managers.begin(), object.managers.end(), owns_token) ||
                      // Someone reset the ownership; such a Secret is old enough to be filled.
                      (object.metadata_only && object.managers.empty());
  return filled ? std::string() : fmt::format("{} has no token yet", to_string(id));
}

}  // namespace

std::vector<std::string> addresses_of(const Object& service) {
  std::vector<std::string> addresses;
  for (const json& one : list_at(service.body, {"status", "loadBalancer", "ingress"})) {
    std::string address = text_at(one, "ip");
    if (address.empty()) address = text_at(one, "hostname");
    if (!address.empty()) addresses.push_back(std::move(address));
  }
  for (const json& one : list_at(service.body, {"spec", "externalIPs"})) {
    if (one.is_string()) addresses.push_back(one.get<std::string>());
  }
  return addresses;
}

Readiness readiness_of(const ObjectId& id, const Object* object) {
  if (object == nullptr) return fmt::format("{} does not exist", to_string(id));
  if (id.kind == "Deployment") return readiness_of_deployment(id, object->body);
  if (id.kind == "Service" && addresses_of(*object).empty()) return fmt::format("{} has no address yet", to_string(id));
  if (id.kind == "Secret") return readiness_of_token(id, *object);
  return {};
}

Readiness readiness_of(const std::vector<ObjectId>& ids, const ClusterState* live) {
  if (live == nullptr) return {};
  for (const ObjectId& id : ids) {
    const Observed observed = live->observe(id);
    if (std::holds_alternative<Unreadable>(observed)) continue;
    const auto* const* found = std::get_if<const Object*>(&observed);
    Readiness readiness = readiness_of(id, found == nullptr ? nullptr : *found);
    if (!readiness.ready()) return readiness;
  }
  return {};
}

}  // namespace mesh::istio
