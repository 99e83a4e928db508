#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/desired_state.h"
#include "engine/model/live_state.h"
#include "engine/plan/diff/diff_object.h"
#include "engine/plan/diff/fields_diff.h"

namespace mesh {

/// What a plan does to an object. untouched: nothing is known of it.
enum class Fate { untouched, stays, made, gone };

/// Nothing where the difference cannot be told.
std::optional<Fate> fate_of(const ObjectDiff& diff);

/// What the plan does to the objects that others refer to, and so which identities are known now.
class References {
 public:
  References(const std::vector<const DesiredAction*>& actions, const LiveState& live);

  /// Whether anything refers to the object.
  bool is_source(const std::string& cluster, const ObjectId& id) const { return find(cluster, id) != nullptr; }
  void set_fate(const std::string& cluster, const ObjectId& id, Fate fate) { sources_[cluster][id] = fate; }

  /// By the rule of DesiredObject::references: the uid of a live source that stays; known after apply, when the plan
  /// makes the source; else unverifiable.
  std::vector<ResolvedReference> resolve(const DesiredObject& object) const;

 private:
  const Fate* find(const std::string& cluster, const ObjectId& id) const;
  ResolvedReference resolve_one(const Reference& reference) const;

  const LiveState& live_;
  /// By cluster and object; only what something refers to.
  std::map<std::string, std::map<ObjectId, Fate>> sources_;
};

}  // namespace mesh
