#include "engine/plan/find_drift.h"

#include <algorithm>

#include "engine/plan/diff/claims.h"
#include "engine/plan/diff/diff_fields.h"
#include "engine/plan/drift_rules.h"
#include "engine/plan/select.h"

namespace mesh {
namespace {

struct Place {
  const std::string& cluster;
  const ObjectId& id;
  Address address;
  const std::string& since;
};

/// The claim with the newest time; us too: an apply that died before its snapshot also changes things.
void fill_writer(DriftItem& item, const Claims& claims) {
  const ManagedFields* newest = nullptr;
  bool newest_is_ours = false;
  for (const Claim& claim : claims) {
    const bool better = newest == nullptr || (newest_is_ours && !claim.ours) ||
                        (newest_is_ours == claim.ours && newest->time < claim.entry->time);
    if (!better) continue;
    newest = claim.entry;
    newest_is_ours = claim.ours;
  }
  if (newest == nullptr) return;
  item.manager = newest->manager;
  item.operation = newest->operation;
  item.time = newest->time;
}

DriftItem item_at(const Place& place) {
  DriftItem item;
  item.address = place.address;
  item.cluster = place.cluster;
  item.object = place.id;
  item.since = place.since;
  return item;
}

/// What we own beyond what was applied is no drift from it, unless it must not be there.
bool is_drift(const FieldChange& change, const FieldsDiff& diff) {
  if (std::any_of(diff.foreign_fields.begin(), diff.foreign_fields.end(),
                  [&](const ForeignField& field) { return field.path == change.path; }))
    return true;
  return change.after_present && !(change.before && change.before == change.after);
}

DriftChange change_of(const FieldChange& change) {
  if (!change.after_present) return DriftChange::added;
  return change.before_present ? DriftChange::changed : DriftChange::removed;
}

void compare(const Object& live, const DesiredObject& rules, const SchemaNode& schema, const Place& place,
             const std::string& manager, std::vector<DriftItem>& items) {
  const std::vector<ResolvedReference> none;
  FieldsDiff diff = diff_fields({rules.body, &live, schema, rules, none, manager});
  const Claims claims = Claims::of(live, manager);
  for (FieldChange& change : diff.changes) {
    if (!is_drift(change, diff)) continue;
    DriftItem item = item_at(place);
    fill_writer(item, claims.at(change.path));
    item.change = change_of(change);
    item.path = std::move(change.path);
    item.expected = std::move(change.after);
    item.actual = std::move(change.before);
    item.sensitive = change.sensitive;
    items.push_back(std::move(item));
  }
  if (const nlohmann::json* since = deletion_time(live)) {
    DriftItem item = item_at(place);
    item.change = DriftChange::added;
    item.path = {FieldName{"metadata"}, FieldName{"deletionTimestamp"}};
    item.actual = *since;
    items.push_back(std::move(item));
  }
}

void compare_cluster(const ClusterSnapshot& applied, const ClusterState& state, const DriftInput& input,
                     const DriftRules& rules, const SchemaTrees& schemas, Drift& drift) {
  for (const auto& [id, body] : applied.objects) {
    const Place place{state.name, id, rules.address_of(state.name, id), input.snapshot.time};
    const Observed observed = state.observe(id);
    if (const auto* unreadable = std::get_if<Unreadable>(&observed)) {
      if (!is_chosen(place.address, input.only, input.exclude)) continue;
      drift.complete = false;
      ++drift.unread;
      append_new(drift.diagnostics, as_reading_problems(unreadable->why));
    } else if (std::holds_alternative<Absent>(observed)) {
      if (!rules.knows(state.name, id)) continue;
      drift.items.push_back(item_at(place));
      drift.items.back().change = DriftChange::removed;
    } else {
      compare(*std::get<const Object*>(observed), rules.rules_for(state.name, id, body), schemas.of_kind(id.kind),
              place, field_manager_of(input.mesh), drift.items);
    }
  }
}

}  // namespace

Drift find_drift(const DriftInput& input) {
  Drift drift;
  drift.mesh = input.mesh;
  drift.snapshot = input.commit;
  drift.since = input.snapshot.time;
  const DriftRules rules(input.desired, input.snapshot);
  const SchemaTrees schemas(input.schemas);
  for (const auto& [name, state] : input.live.clusters) {
    const auto applied = input.snapshot.clusters.find(name);
    // Nothing was applied there yet, so nothing can have drifted.
    if (applied == input.snapshot.clusters.end() || state.left_out()) continue;
    if (!leaves_any_of(name, input.only, input.exclude)) continue;
    const Diagnostics* why = state.unreachable();
    drift.clusters.push_back({.name = name,
                              .reachable = why == nullptr,
                              .server_version = state.server_version,
                              .uids = state.uids,
                              .error = why == nullptr ? Diagnostics() : *why});
    append(drift.diagnostics, state.diagnostics);
    if (why != nullptr) {
      drift.complete = false;
      append_new(drift.diagnostics, as_reading_problems(*why));
      continue;
    }
    compare_cluster(applied->second, state, input, rules, schemas, drift);
  }
  for (const auto& [name, applied] : input.snapshot.clusters) {
    // Nobody knew how to reach it: its spec is gone and the one in the snapshot not valid any more.
    const bool unasked = !applied.objects.empty() && !input.live.clusters.contains(name);
    if (!unasked || !leaves_any_of(name, input.only, input.exclude)) continue;
    drift.complete = false;
    drift.unread += applied.objects.size();
  }
  return drift;
}

}  // namespace mesh
