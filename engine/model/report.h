#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/model/action.h"

namespace mesh {

enum class Outcome { done, failed, skipped, cancelled };

std::string_view to_string(Outcome outcome);

/// What became of one action that had something to do.
struct ActionReport {
  Address address = {};
  Outcome outcome = Outcome::skipped;
  /// Requests that were sent again count; at least 1 once started.
  int attempts = 0;
  std::chrono::milliseconds took{0};
  /// For failed, skipped and cancelled.
  Diagnostics error = {};
  /// Warnings of an action that was done.
  Diagnostics warnings = {};
  /// The objects as applied, without secret values and volatile fields; an object that is gone maps to nothing.
  std::map<ObjectId, std::optional<nlohmann::json>> applied = {};

  bool operator==(const ActionReport&) const = default;
};

struct Report {
  /// One entry per action of the plan that had something to do, in the plan's order.
  std::vector<ActionReport> actions = {};
  /// Commit of the snapshot; empty while none was written.
  std::string snapshot = {};
  Diagnostics diagnostics = {};

  bool operator==(const Report&) const = default;
};

/// Whether every action was done.
bool succeeded(const Report& report);

}  // namespace mesh
