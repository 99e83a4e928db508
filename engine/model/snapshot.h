#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/cluster_uids.h"
#include "engine/model/object.h"
#include "engine/model/rewritten_field.h"

namespace mesh {

/// reachable: as of this snapshot. unreachable: last known state. removed: gone from the spec but not yet clean
/// (a tombstone).
enum class ClusterStatus { reachable, unreachable, removed };

struct ClusterSnapshot {
  ClusterStatus status = ClusterStatus::reachable;
  /// RFC 3339 time at which the objects were last known to hold.
  std::string as_of = {};
  /// As last read: they tell whether a name still leads to the same cluster.
  ClusterUids uids = {};
  /// Its part is not to be destroyed. Stays when the spec no longer says so, until a person ends it.
  bool protect = false;
  /// Objects as applied, without secret values and volatile fields.
  std::map<ObjectId, nlohmann::json> objects = {};

  bool operator==(const ClusterSnapshot&) const = default;
};

/// What was applied, as written to git. Holds no secret.
struct Snapshot {
  std::string spec_text = {};
  /// Digest of the plan that was carried out, of the spec, and the result in a word: `done`, `failed`, `cancelled`.
  std::string plan_digest = {};
  std::string spec_digest = {};
  std::string result = {};
  /// RFC 3339.
  std::string time = {};
  /// JSON documents mesh.plan/v1 and mesh.report/v1.
  std::string plan_json = {};
  std::string report_json = {};
  std::map<std::string, ClusterSnapshot> clusters = {};
  /// For clusters gone from the spec and not yet clean: the spec text in which each was last described, by name.
  std::map<std::string, std::string> removed_specs = {};
  /// What API servers store otherwise than it was sent; `objects` have what is stored.
  std::vector<RewrittenField> rewritten = {};

  bool operator==(const Snapshot&) const = default;
};

/// One line of the history.
struct SnapshotInfo {
  std::string commit = {};
  std::string time = {};
  std::string author = {};
  std::string result = {};
  std::string plan_digest = {};
  std::string spec_digest = {};
  std::string subject = {};

  bool operator==(const SnapshotInfo&) const = default;
};

}  // namespace mesh
