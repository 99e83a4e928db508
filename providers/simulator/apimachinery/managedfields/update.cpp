#include "providers/simulator/apimachinery/managedfields/update.h"

#include "providers/simulator/apimachinery/schema/normalize.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

void filter(Comparison& change, const FieldSet& ignored) {
  if (ignored.empty()) return;
  change.added = change.added.without_trees(ignored);
  change.removed = change.removed.without_trees(ignored);
  change.modified = change.modified.without_trees(ignored);
}

/// Entries whose version is not served any more go away.
void drop_unserved(const Write& write, Managers& managers) {
  if (schema_of(write.group, write.version, write.kind) == nullptr) return;
  std::erase_if(managers, [&](const auto& entry) {
    const std::string& version = entry.second.api_version;
    const std::size_t slash = version.find('/');
    const std::string group = slash == std::string::npos ? "" : version.substr(0, slash);
    return schema_of(group, slash == std::string::npos ? version : version.substr(slash + 1), write.kind) == nullptr;
  });
}

/// `[{}]` or `[]`: the writer wants the list forgotten.
bool is_reset(const json& list) {
  return list.is_array() && (list.empty() || (list.size() == 1 && list[0].is_object() && list[0].empty()));
}

Managers managers_for(const Write& write, const json& before, const json& after) {
  const auto live = [&] { return read_managers(managed_fields_of(before)).value_or(Managers{}); };
  // A subresource cannot rewrite the list.
  if (!write.subresource.empty()) return live();
  const json& sent = managed_fields_of(after);
  if (is_reset(sent)) return {};
  auto managers = read_managers(sent);
  return managers && !managers->empty() ? std::move(*managers) : live();
}

}  // namespace

Shift shift_ownership(const Write& write, const ManagerId& writer, const json& before, const json& after,
                      Managers& managers) {
  drop_unserved(write, managers);
  Shift shift{compare_values(schema_for(write), before, after), {}};
  filter(shift.change, reset_fields(write));
  const FieldSet changed = shift.change.added.united(shift.change.modified);
  for (auto at = managers.begin(); at != managers.end();) {
    auto& [id, owned] = *at;
    if (id != writer) {
      owned.fields.intersected(changed).for_each([&, &owner = id](const Steps& path) {
        shift.conflicts.push_back({owner, path});
      });
      owned.fields = owned.fields.without(changed).without(shift.change.removed);
    }
    at = owned.fields.empty() ? managers.erase(at) : std::next(at);
  }
  return shift;
}

void own_changes(const Write& write, const ManagerId& writer, const json& before, const json& after,
                 Managers& managers) {
  // The change is looked at on its own first, so that an equal write leaves the time of the writer's entry alone.
  const ManagerId now{"current-operation", "", "", ""};
  const Shift shift = shift_ownership(write, now, before, after, managers);
  managers[now] = {shift.change.modified.united(shift.change.added), api_version(write), std::nullopt};
  strip_unowned(managers, now);
  const auto mine = managers.find(now);
  if (mine == managers.end()) return;
  Owned owned = std::move(mine->second);
  managers.erase(mine);
  if (const auto previous = managers.find(writer); previous != managers.end())
    owned.fields = owned.fields.united(previous->second.fields);
  owned.time = write.time;
  managers[writer] = std::move(owned);
}

json track_update(const Write& write, const json& before, json after) {
  Managers managers = managers_for(write, before, after);
  const bool created = before.is_null();
  after = without_managers(std::move(after));
  // Once forgotten, the owners stay so until somebody applies.
  if (created || !managers.empty()) {
    const ManagerId writer{write.manager, "Update", api_version(write), write.subresource};
    own_changes(write, writer, created ? empty_object(write) : without_managers(before), after, managers);
    cap_updaters(managers);
  }
  set_managers(after, managers);
  if (!created) keep_times_of_equal(before, after);
  return after;
}

}  // namespace mesh::simulator
