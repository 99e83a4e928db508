#include "providers/simulator/apimachinery/managedfields/apply.h"

#include <fmt/format.h>

#include "providers/simulator/apimachinery/managedfields/merge_values.h"
#include "providers/simulator/apimachinery/managedfields/typed.h"
#include "providers/simulator/apimachinery/managedfields/typing_error.h"
#include "providers/simulator/apimachinery/managedfields/update.h"
#include "providers/simulator/apimachinery/schema/defaults.h"
#include "providers/simulator/apimachinery/schema/normalize.h"
#include "providers/simulator/apimachinery/serializer/decode_check.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr const char* last_applied = "kubectl.kubernetes.io/last-applied-configuration";

/// `shop/web; apps/v1, Kind=Deployment`.
std::string described(const json& config) {
  return fmt::format("{}/{}; {}, Kind={}", namespace_of(config), name_of(config), text(config, {"apiVersion"}),
                     text(config, {"kind"}));
}

std::optional<ApiError> check_config(const Write& write, const json& config) {
  if (text(config, {"apiVersion"}) != api_version(write) || text(config, {"kind"}) != write.kind)
    return bad_request("invalid object type: " + described(config));
  if (!managed_fields_of(config).is_null()) return bad_request("metadata.managedFields must be nil");
  if (const std::string error = typing_error(schema_for(write), config); !error.empty())
    return internal_error(fmt::format("failed to create typed patch object ({}): {}", described(config), error));
  return std::nullopt;
}

/// Takes out of `merged` what the applier stopped applying, unless somebody else owns it.
json prune(const Schema& schema, const json& merged, const Managers& managers, const FieldSet& last) {
  const FieldSet last_named = last.with_named_fields(schema);
  json pruned = remove_fields(schema, merged, last_named);
  const FieldSet in_merged = field_set_of(schema, merged).with_named_fields(schema);
  FieldSet owned;
  for (const auto& [id, entry] : managers) owned = owned.united(entry.fields);
  const auto named = [&](const json& value) { return field_set_of(schema, value).with_named_fields(schema); };
  // What others (or the new configuration) own comes back …
  pruned = remove_fields(schema, merged, in_merged.without(named(pruned).united(owned.with_named_fields(schema))));
  // … and what the applier never had inside of what it drops.
  return remove_fields(schema, merged, in_merged.without(named(pruned)).intersected(last_named));
}

struct Applied {
  /// Null: nothing changes.
  json object;
  Managers managers;
  std::vector<FieldConflict> conflicts;
};

Applied apply_once(const Write& write, const json& live, const json& config, Managers managers) {
  const Schema& schema = schema_for(write);
  const ManagerId applier{write.manager, "Apply", "", write.subresource};
  Applied applied;
  json merged = merge_values(schema, live, config);
  Owned& mine = managers[applier];
  const FieldSet last = std::move(mine.fields);
  mine.fields = field_set_of(schema, config).without_trees(reset_fields(write));
  mine.api_version = api_version(write);
  if (!last.empty()) merged = prune(schema, merged, managers, last);
  applied.conflicts = shift_ownership(write, applier, live, merged, managers).conflicts;
  strip_unowned(managers, applier);
  if (merged != live) {
    applied.object = std::move(merged);
    if (const auto at = managers.find(applier); at != managers.end()) at->second.time = write.time;
  }
  applied.managers = std::move(managers);
  return applied;
}

/// Fields that client-side apply set and nobody changed since: kubectl may take them over without force.
FieldSet allowed_by_last_applied(const Write& write, const json& live) {
  const json last = json::parse(annotation(live, last_applied), nullptr, false);
  if (!last.is_object() || text(last, {"apiVersion"}) != api_version(write)) return {};
  const Schema& schema = schema_for(write);
  if (!typing_error(schema, last).empty()) return {};
  const Comparison change = compare_values(schema, last, live);
  return field_set_of(schema, last).without(change.modified).without(change.added).without(change.removed);
}

void refresh_last_applied(json& object, json config) {
  const json::json_pointer place("/metadata/annotations");
  if (annotation(object, last_applied).empty()) return;
  if (config.contains(place)) config[place].erase(last_applied);
  object[place][last_applied] = config.dump() + "\n";
}

}  // namespace

ApiResult<json> server_side_apply(const Write& write, const json& live, const json& config) {
  if (auto refused = check_config(write, config)) return tl::unexpected(std::move(*refused));
  const json before = live.is_null() ? empty_object(write) : without_managers(live);
  Managers managers = read_managers(managed_fields_of(live)).value_or(Managers{});
  if (managers.empty()) {
    const ManagerId earlier{"before-first-apply", "Update", api_version(write), write.subresource};
    own_changes(write, earlier, empty_object(write), before, managers);
  }
  Applied applied = apply_once(write, before, config, std::move(managers));
  if (!write.force && !applied.conflicts.empty()) {
    if (write.manager == "kubectl") {
      const FieldSet allowed = allowed_by_last_applied(write, before);
      std::erase_if(applied.conflicts, [&](const FieldConflict& one) { return allowed.has(one.path); });
    }
    if (!applied.conflicts.empty()) return tl::unexpected(conflict_error(applied.conflicts));
  }
  json object = std::move(applied.object);
  if (object.is_null()) object = before;
  if (const std::string why = check_decode(schema_for(write), object).error; !why.empty())
    return tl::unexpected(
        internal_error(fmt::format("failed to convert new object ({}) to proper version: {}", described(config), why)));
  normalize(schema_for(write), object);
  set_defaults(write, object);
  if (write.manager == "kubectl") refresh_last_applied(object, config);
  set_managers(object, applied.managers);
  if (!live.is_null()) keep_times_of_equal(live, object);
  return object;
}

}  // namespace mesh::simulator
