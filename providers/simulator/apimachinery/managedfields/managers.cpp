#include "providers/simulator/apimachinery/managedfields/managers.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr std::size_t most_updaters = 10;

FieldSet paths(std::initializer_list<std::initializer_list<const char*>> all) {
  FieldSet set;
  for (const auto& names : all) {
    Steps path;
    for (const char* name : names) path.push_back(Step::field(name));
    set.insert(path);
  }
  return set;
}

bool one_of(const std::string& text, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(), [&](const char* name) { return text == name; });
}

/// `"kubectl" with subresource "status" using apps/v1`; appliers without the version.
std::string described(const ManagerId& id) {
  std::string text = json(id.manager).dump();
  if (!id.subresource.empty()) text += fmt::format(" with subresource \"{}\"", id.subresource);
  if (id.operation == "Update") text += " using " + id.api_version;
  return text;
}

}  // namespace

std::optional<Managers> read_managers(const json& managed_fields) {
  Managers managers;
  if (!managed_fields.is_array()) return managers;
  for (const json& entry : managed_fields) {
    if (!entry.is_object()) return std::nullopt;
    ManagerId id{text(entry, {"manager"}), text(entry, {"operation"}), text(entry, {"apiVersion"}),
                 text(entry, {"subresource"})};
    if (!one_of(id.operation, {"Apply", "Update"}) || id.api_version.empty()) return std::nullopt;
    if (text(entry, {"fieldsType"}) != "FieldsV1") return std::nullopt;
    auto fields = FieldSet::from_json(entry.value("fieldsV1", json::object()));
    if (!fields) return std::nullopt;
    Owned owned{std::move(*fields), id.api_version, std::nullopt};
    if (const std::string time = text(entry, {"time"}); !time.empty()) owned.time = time;
    if (id.operation == "Apply") id.api_version.clear();
    managers[id] = std::move(owned);
  }
  return managers;
}

json to_json(const Managers& managers) {
  std::vector<const Managers::value_type*> order;
  for (const auto& entry : managers) order.push_back(&entry);
  const auto key = [](const Managers::value_type& entry) {
    return std::tuple(entry.first.operation, entry.second.time.value_or(""), entry.first.manager,
                      entry.second.api_version, entry.first.subresource);
  };
  std::sort(order.begin(), order.end(), [&](const auto* left, const auto* right) { return key(*left) < key(*right); });
  json list = json::array();
  for (const auto* entry : order) {
    const auto& [id, owned] = *entry;
    json one = {{"operation", id.operation},
                {"apiVersion", owned.api_version},
                {"fieldsType", "FieldsV1"},
                {"fieldsV1", owned.fields.to_json()}};
    if (!id.manager.empty()) one["manager"] = id.manager;
    if (!id.subresource.empty()) one["subresource"] = id.subresource;
    if (owned.time) one["time"] = *owned.time;
    list.push_back(std::move(one));
  }
  return list;
}

const json& managed_fields_of(const json& object) { return member(object, {"metadata", "managedFields"}); }

void set_managers(json& object, const Managers& managers) {
  json& metadata = object["metadata"];
  if (!metadata.is_object()) metadata = json::object();
  if (managers.empty())
    metadata.erase("managedFields");
  else
    metadata["managedFields"] = to_json(managers);
}

json without_managers(json object) {
  if (object.is_object() && object.contains("metadata") && object["metadata"].is_object())
    object["metadata"].erase("managedFields");
  return object;
}

void cap_updaters(Managers& managers) {
  std::vector<std::pair<std::string, ManagerId>> updaters;
  for (const auto& [id, owned] : managers)
    if (id.operation == "Update") updaters.emplace_back(owned.time.value_or(""), id);
  if (updaters.size() <= most_updaters) return;
  std::sort(updaters.begin(), updaters.end());
  std::size_t left = updaters.size();
  std::map<std::string, ManagerId> first_of_version;
  for (const auto& [time, id] : updaters) {
    if (left <= most_updaters) return;
    const std::string version = managers.at(id).api_version;
    const ManagerId bucket{"ancient-changes", "Update", version, ""};
    const auto [first, is_first] = first_of_version.emplace(version, id);
    if (is_first) continue;
    if (managers.count(bucket) == 0) {
      auto moved = managers.extract(first->second);
      managers[bucket] = std::move(moved.mapped());
    }
    Owned& all = managers[bucket];
    all.fields = all.fields.united(managers.at(id).fields);
    all.time = managers.at(id).time;
    managers.erase(id);
    --left;
  }
}

void strip_unowned(Managers& managers, const ManagerId& id) {
  static const FieldSet unowned = paths({{"apiVersion"},
                                         {"kind"},
                                         {"metadata"},
                                         {"metadata", "name"},
                                         {"metadata", "namespace"},
                                         {"metadata", "creationTimestamp"},
                                         {"metadata", "selfLink"},
                                         {"metadata", "uid"},
                                         {"metadata", "clusterName"},
                                         {"metadata", "generation"},
                                         {"metadata", "managedFields"},
                                         {"metadata", "resourceVersion"}});
  const auto at = managers.find(id);
  if (at == managers.end()) return;
  at->second.fields = at->second.fields.without(unowned);
  if (at->second.fields.empty()) managers.erase(at);
}

FieldSet reset_fields(const Write& write) {
  const std::string& kind = write.kind;
  const bool status_door = write.subresource == "status";
  const bool built_in = write.group.find('.') == std::string::npos;
  if (built_in || kind == "CustomResourceDefinition") {
    if (!one_of(kind, {"Namespace", "Node", "Pod", "Service", "Deployment", "ReplicaSet", "HorizontalPodAutoscaler",
                       "PodDisruptionBudget", "CustomResourceDefinition"}))
      return {};
    if (!status_door) return paths({{"status"}});
    if (kind == "Pod") return paths({{"spec"}, {"metadata", "deletionTimestamp"}, {"metadata", "ownerReferences"}});
    if (kind == "Deployment") return paths({{"spec"}, {"metadata", "labels"}});
    return paths({{"spec"}});
  }
  if (write.group.ends_with(".k8s.io")) return {};
  return status_door ? paths({{"metadata"}, {"spec"}}) : paths({{"status"}});
}

ApiError conflict_error(const std::vector<FieldConflict>& conflicts) {
  json causes = json::array();
  std::string list;
  for (const FieldConflict& conflict : conflicts) {
    const std::string message = "conflict with " + described(conflict.owner);
    causes.push_back({{"reason", "FieldManagerConflict"}, {"message", message}, {"field", to_string(conflict.path)}});
    list += fmt::format("\n- {}: {}", message, to_string(conflict.path));
  }
  return {.code = 409,
          .reason = "Conflict",
          .message = fmt::format("Apply failed with {} conflict{}:{}", conflicts.size(),
                                 conflicts.size() == 1 ? "" : "s", list),
          .details = {{"causes", std::move(causes)}}};
}

void keep_times_of_equal(const json& before, json& now) {
  const json& old_list = managed_fields_of(before);
  const json& new_list = managed_fields_of(now);
  if (!old_list.is_array() || !new_list.is_array() || old_list.size() != new_list.size()) return;
  for (std::size_t i = 0; i < old_list.size(); ++i) {
    json left = old_list[i];
    json right = new_list[i];
    left.erase("time");
    right.erase("time");
    if (left != right) return;
  }
  if (without_managers(before) == without_managers(now)) now["metadata"]["managedFields"] = old_list;
}

}  // namespace mesh::simulator
