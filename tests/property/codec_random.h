#pragma once

#include <random>
#include <string>

#include "engine/model/drift.h"
#include "engine/model/plan.h"
#include "engine/model/report.h"
#include "engine/model/snapshot.h"

namespace mesh::testing {

/// Values as wild as their types allow, from one seed; plans are consistent as make_plan's are.
class RandomValues {
 public:
  explicit RandomValues(unsigned seed) : engine_(seed) {}

  std::size_t below(std::size_t limit) { return std::uniform_int_distribution<std::size_t>(0, limit - 1)(engine_); }
  bool coin() { return below(2) == 0; }
  /// Text with everything that makes a format stumble: quotes, line ends, escapes, words of YAML, letters of any
  /// script.
  std::string text();
  std::string name();
  nlohmann::json value(int depth);
  nlohmann::json body(const ObjectId& id);
  ObjectId id();
  FieldPath path();
  Diagnostics diagnostics();
  ObjectChange object_change();
  Plan plan();
  Report report();
  Drift drift();
  Snapshot snapshot();

 private:
  FieldChange field_change();
  FieldOwner owner();
  Ground ground();
  Action action(const std::string& cluster, ActionKind kind, const std::vector<Action>& before);

  std::mt19937 engine_;
};

/// A seed that differs from run to run, or the one in MESH_SEED. Print it with every failure.
unsigned fresh_seed();

}  // namespace mesh::testing
