#include "providers/simulator/apiserver/handlers/scale_owners.h"

#include <fmt/format.h>

#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

bool owns(const json& entry) { return at(entry, {"fieldsV1", "f:spec", "f:replicas"}) != nullptr; }

bool is_own(const json& entry, const Draft& draft, const char* operation) {
  return text(entry, {"manager"}) == draft.options.manager && text(entry, {"operation"}) == operation &&
         text(entry, {"subresource"}) == "scale";
}

ApiError lost(const std::vector<json>& others) {
  json causes = json::array();
  std::string who;
  for (const json& entry : others) {
    const std::string subresource = text(entry, {"subresource"});
    std::string one = fmt::format("conflict with {}", entry["manager"].dump());
    if (!subresource.empty()) one += fmt::format(" with subresource \"{}\"", subresource);
    if (text(entry, {"operation"}) != "Apply") one += " using autoscaling/v1";
    causes.push_back({{"reason", "FieldManagerConflict"}, {"message", one}, {"field", ".spec.replicas"}});
    who = one;
  }
  const std::string count = others.size() == 1 ? "1 conflict" : fmt::format("{} conflicts", others.size());
  return {.code = 409,
          .reason = "Conflict",
          .message = fmt::format("Apply failed with {}: {}: .spec.replicas", count, who),
          .details = {{"causes", causes}}};
}

void take_from(json& entries) {
  json kept = json::array();
  for (json& entry : entries) {
    if (owns(entry)) {
      entry["fieldsV1"]["f:spec"].erase("f:replicas");
      if (entry["fieldsV1"]["f:spec"].empty()) entry["fieldsV1"].erase("f:spec");
      if (entry["fieldsV1"].empty()) continue;
    }
    kept.push_back(std::move(entry));
  }
  entries = std::move(kept);
}

}  // namespace

std::optional<ApiError> own_replicas(const Draft& draft, bool apply, bool changed, json& object) {
  const char* operation = apply ? "Apply" : "Update";
  json entries = items(object, {"metadata", "managedFields"});
  std::vector<json> others;
  bool own = false;
  for (const json& entry : entries) {
    if (!owns(entry)) continue;
    if (is_own(entry, draft, operation)) {
      own = true;
    } else {
      others.push_back(entry);
    }
  }
  if (!apply && (!changed || (others.empty() && !own))) return std::nullopt;
  if (apply && changed && !draft.options.force && !others.empty()) return lost(others);
  if (own && (!changed || others.empty())) return std::nullopt;
  if (changed) take_from(entries);
  // What comes from the scale has no time.
  entries.push_back({{"manager", draft.options.manager},
                     {"operation", operation},
                     {"apiVersion", draft.exchange.api_version()},
                     {"fieldsType", "FieldsV1"},
                     {"fieldsV1", {{"f:spec", {{"f:replicas", json::object()}}}}},
                     {"subresource", "scale"}});
  object["metadata"]["managedFields"] = std::move(entries);
  return std::nullopt;
}

}  // namespace mesh::simulator
