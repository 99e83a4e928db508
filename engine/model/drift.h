#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/model/address.h"
#include "engine/model/field_path.h"
#include "engine/model/object.h"
#include "engine/model/plan.h"

namespace mesh {

/// What happened to a field, or to an object as a whole, since it was applied.
enum class DriftChange { added, changed, removed };

/// One field that differs from the last applied state. An object that is gone has an empty path.
struct DriftItem {
  Address address;
  std::string cluster;
  ObjectId object;
  FieldPath path;
  /// Absent sides are nothing; sensitive values are never here.
  std::optional<nlohmann::json> expected;
  std::optional<nlohmann::json> actual;
  bool sensitive = false;
  /// For a sensitive field all that is known.
  DriftChange change = DriftChange::changed;
  /// Who made it so, as far as managedFields tells: empty for a removal, which leaves no name
  /// (kubernetes-facts 2.3, 2.4).
  std::string manager;
  std::string operation;
  std::optional<std::string> time;
  /// Time of the snapshot that it is held against.
  std::string since;

  bool operator==(const DriftItem&) const = default;
};

struct Drift {
  std::string mesh;
  /// Commit and time of the snapshot; empty when there is none.
  std::string snapshot;
  std::string since;
  /// Everything that was applied could be read; otherwise what is said holds for the rest.
  bool complete = true;
  /// Applied objects that could not be read, beside those of the clusters that did not answer.
  std::size_t unread = 0;
  std::vector<PlannedCluster> clusters;
  std::vector<DriftItem> items;
  Diagnostics diagnostics;

  bool operator==(const Drift&) const = default;
};

}  // namespace mesh
