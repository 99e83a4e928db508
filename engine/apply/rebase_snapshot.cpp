#include "engine/apply/rebase_snapshot.h"

#include <unordered_map>

#include "engine/model/merge_snapshots.h"

namespace mesh {
namespace {

/// What the actions wrote, as this apply knows it.
void put_written(Snapshot& to, const Snapshot& mine, const SnapshotInput& input) {
  std::unordered_map<std::string_view, std::string_view> cluster_of;
  for (const Action& action : input.plan.actions) cluster_of.emplace(action.address.text, action.cluster);
  for (const ActionReport& action : input.report.actions) {
    const auto known = cluster_of.find(action.address.text);
    if (known == cluster_of.end()) continue;
    const std::string name(known->second);
    const auto mine_of = mine.clusters.find(name);
    for (const auto& [id, body] : action.applied) {
      const auto now = mine_of == mine.clusters.end() ? std::map<ObjectId, nlohmann::json>::const_iterator{}
                                                      : mine_of->second.objects.find(id);
      if (mine_of != mine.clusters.end() && now != mine_of->second.objects.end()) {
        const ClusterSnapshot fresh{.status = mine_of->second.status,
                                    .as_of = mine_of->second.as_of,
                                    .uids = mine_of->second.uids,
                                    .protect = mine_of->second.protect,
                                    .objects = {}};
        to.clusters.try_emplace(name, fresh).first->second.objects[id] = now->second;
      } else if (const auto there = to.clusters.find(name); there != to.clusters.end()) {
        there->second.objects.erase(id);
      }
    }
  }
}

/// As our spec has it: a tombstone for each cluster that it does not name.
void mark_removed_by_spec(Snapshot& snapshot, const Snapshot& mine, const Snapshot& newest, const Spec& spec) {
  for (auto& [name, cluster] : snapshot.clusters) {
    if (spec.clusters.contains(name)) {
      snapshot.removed_specs.erase(name);
      continue;
    }
    cluster.status = ClusterStatus::removed;
    const auto mine_of = mine.removed_specs.find(name);
    snapshot.removed_specs.try_emplace(name, mine_of == mine.removed_specs.end() ? newest.spec_text : mine_of->second);
  }
}

}  // namespace

Snapshot rebase_snapshot(const SnapshotInput& input, const Snapshot& newest) {
  const Snapshot mine = make_snapshot(input);
  Snapshot rebased = merge_snapshots(input.previous.value_or(Snapshot{}), mine, newest);
  put_written(rebased, mine, input);
  mark_removed_by_spec(rebased, mine, newest, input.spec);
  rebased.spec_text = mine.spec_text;
  rebased.plan_digest = mine.plan_digest;
  rebased.spec_digest = mine.spec_digest;
  rebased.result = mine.result;
  rebased.time = mine.time;
  rebased.plan_json = mine.plan_json;
  rebased.report_json = mine.report_json;
  return rebased;
}

}  // namespace mesh
