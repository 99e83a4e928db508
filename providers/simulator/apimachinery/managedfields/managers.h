#pragma once

#include <compare>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apimachinery/managedfields/field_set.h"
#include "providers/simulator/apimachinery/managedfields/write.h"

namespace mesh::simulator {

/// Who owns fields: one entry of managedFields. Appliers keep their entry whatever version they apply.
struct ManagerId {
  std::string manager;
  /// "Apply" or "Update".
  std::string operation;
  /// Empty for appliers.
  std::string api_version;
  std::string subresource;
  auto operator<=>(const ManagerId&) const = default;
};

struct Owned {
  FieldSet fields;
  std::string api_version;
  /// RFC 3339; entries may have none.
  std::optional<std::string> time;
};

using Managers = std::map<ManagerId, Owned>;

/// The list's entries; nothing when one of them is malformed, as the server then forgets all of them.
std::optional<Managers> read_managers(const nlohmann::json& managed_fields);

/// In the server's order: operation, time, manager, version, subresource.
nlohmann::json to_json(const Managers& managers);

/// The object's metadata.managedFields, or null.
const nlohmann::json& managed_fields_of(const nlohmann::json& object);

/// Sets them, or takes the member away when there are none.
void set_managers(nlohmann::json& object, const Managers& managers);

/// The object without metadata.managedFields.
nlohmann::json without_managers(nlohmann::json object);

/// At most ten updaters keep their own entry: the oldest become "ancient-changes".
void cap_updaters(Managers& managers);

/// Takes what nobody can own (apiVersion, kind, metadata.name …) out of an entry, and an empty entry out of the list.
void strip_unowned(Managers& managers, const ManagerId& id);

/// Fields that a write through this subresource never changes, so that it does not own them: status of main resources.
FieldSet reset_fields(const Write& write);

struct FieldConflict {
  ManagerId owner;
  Steps path;
};

/// 409 with a cause per field; its message names the owner: `conflict with "kubectl" using apps/v1`.
ApiError conflict_error(const std::vector<FieldConflict>& conflicts);

/// When `now` differs from `before` by nothing but times of entries, the times stay: such a write changes nothing.
void keep_times_of_equal(const nlohmann::json& before, nlohmann::json& now);

}  // namespace mesh::simulator
