#include "engine/model/merge_snapshots.h"

#include <set>

namespace mesh {
namespace {

template <class Map>
const typename Map::mapped_type* at(const Map& map, const typename Map::key_type& key) {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : &found->second;
}

template <class Value>
bool same(const Value* one, const Value* other) {
  if (one == nullptr || other == nullptr) return one == other;
  return *one == *other;
}

template <class Map>
std::set<typename Map::key_type> keys_of(const Map& one, const Map& other) {
  std::set<typename Map::key_type> keys;
  for (const Map* map : {&one, &other}) {
    for (const auto& [key, value] : *map) keys.insert(key);
  }
  return keys;
}

template <class Map>
Map merge_entries(const Map& base, const Map& earlier, const Map& later) {
  Map merged;
  for (const auto& key : keys_of(earlier, later)) {
    const auto* mine = at(later, key);
    const auto* chosen = same(mine, at(base, key)) ? at(earlier, key) : mine;
    if (chosen != nullptr) merged.emplace(key, *chosen);
  }
  return merged;
}

/// What one line decided since they parted; a cluster that both have newly is protected where either says so.
bool merge_protect(const ClusterSnapshot* base, bool earlier, bool later) {
  if (base == nullptr) return earlier || later;
  return later == base->protect ? earlier : later;
}

/// The cluster, whether it stays or not.
ClusterSnapshot merge_cluster(const ClusterSnapshot* base, const ClusterSnapshot* earlier,
                              const ClusterSnapshot* later) {
  const ClusterSnapshot none;
  const auto or_none = [&](const ClusterSnapshot* one) -> const ClusterSnapshot& {
    return one != nullptr ? *one : none;
  };
  // Both are RFC 3339 in UTC, and so compare as texts.
  const bool earlier_saw_last = later == nullptr || or_none(earlier).as_of > later->as_of;
  const ClusterSnapshot& seen = or_none(earlier_saw_last ? earlier : later);
  return {.status = seen.status,
          .as_of = seen.as_of,
          .uids = seen.uids,
          .protect = merge_protect(base, or_none(earlier).protect, or_none(later).protect),
          .objects = merge_entries(or_none(base).objects, or_none(earlier).objects, or_none(later).objects)};
}

/// Those of both lines; of one field what the later line says.
std::vector<RewrittenField> merge_rewritten(const Snapshot& earlier, const Snapshot& later) {
  std::vector<RewrittenField> merged = later.rewritten;
  for (const RewrittenField& field : earlier.rewritten) {
    if (!is_of_same_field(later.rewritten, field)) merged.push_back(field);
  }
  return merged;
}

}  // namespace

Snapshot merge_snapshots(const Snapshot& base, const Snapshot& earlier, const Snapshot& later) {
  Snapshot merged = later;
  merged.removed_specs = merge_entries(base.removed_specs, earlier.removed_specs, later.removed_specs);
  merged.rewritten = merge_rewritten(earlier, later);
  merged.clusters.clear();
  for (const std::string& name : keys_of(earlier.clusters, later.clusters)) {
    const ClusterSnapshot* before = at(base.clusters, name);
    const ClusterSnapshot* one = at(earlier.clusters, name);
    const ClusterSnapshot* other = at(later.clusters, name);
    const bool later_changed = (before == nullptr) != (other == nullptr);
    const bool stays = (later_changed ? other : one) != nullptr;
    ClusterSnapshot cluster = merge_cluster(before, one, other);
    // What one of them wrote to a cluster that the other left clean is there.
    if (!stays && cluster.objects.empty()) continue;
    merged.clusters.emplace(name, std::move(cluster));
    if (other == nullptr) merged.removed_specs.try_emplace(name, earlier.spec_text);
  }
  std::erase_if(merged.removed_specs, [&](const auto& entry) { return !merged.clusters.contains(entry.first); });
  return merged;
}

}  // namespace mesh
