#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/model/action.h"
#include "engine/model/rewritten_field.h"

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
  /// What the API server answered to the last write of each, Secrets excepted. No part of the document.
  std::map<ObjectId, Object> stored = {};

  bool operator==(const ActionReport&) const = default;
};

struct Report {
  /// One entry per action of the plan that had something to do, in the plan's order.
  std::vector<ActionReport> actions = {};
  /// Commit of the snapshot; empty while none was written.
  std::string snapshot = {};
  Diagnostics diagnostics = {};
  /// What the API servers stored otherwise than it was sent. In the document as warnings of the actions.
  std::vector<RewrittenField> rewritten = {};

  bool operator==(const Report&) const = default;
};

/// Whether every action was done.
bool succeeded(const Report& report);

}  // namespace mesh
