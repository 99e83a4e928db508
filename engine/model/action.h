#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic_code.h"
#include "engine/model/address.h"
#include "engine/model/change.h"

namespace mesh {

enum class ActionKind { network, reader, gateway, expose, discovery };

/// What happens to an action or an object as a whole. `unknown`: its cluster, or one that it depends on, could not be
/// read.
enum class Operation { create, update, replace, delete_, unchanged, unknown };

/// As users and JSON see them: `network`, …; `create`, `update`, `replace`, `delete`, `unchanged`, `unknown`.
std::string_view to_string(ActionKind kind);
std::string_view to_string(Operation operation);
std::optional<ActionKind> parse_action_kind(std::string_view text);
std::optional<Operation> parse_operation(std::string_view text);

/// What happens to the object: by the variant's alternative.
Operation operation_of(const ObjectChange& change);

/// One step of a plan.
struct Action {
  Address address = {};
  ActionKind kind = ActionKind::network;
  std::string cluster = {};
  std::optional<std::string> peer = {};
  Operation operation = Operation::unchanged;
  /// One sentence for people; nothing branches on it.
  std::string reason = {};
  /// Actions of the same plan that must be done before; already turned round for deletions.
  std::vector<Address> depends_on = {};
  /// Paths that carry no traffic for a moment: `A -> B`.
  std::vector<std::string> interrupts = {};
  std::vector<ObjectChange> objects = {};
  /// Objects whose readiness ends the action. An unchanged action has them while they are not ready, and is carried out
  /// as a wait: what was written is no gateway before it has an address.
  std::vector<ObjectId> waits_for = {};
  /// Why an unknown one is not carried out: `incomplete`, or `ground_moved` when an apply holds it back. No document
  /// says it: nobody saves what an apply held back.
  Code unknown_for = Code::incomplete;

  bool operator==(const Action&) const = default;
};

/// Whether carrying the action out writes anything. An unknown one is not carried out.
inline bool writes(const Action& action) {
  return action.operation != Operation::unchanged && action.operation != Operation::unknown;
}

/// Nothing to write, and something to wait for.
inline bool only_waits(const Action& action) {
  return action.operation == Operation::unchanged && !action.waits_for.empty();
}

}  // namespace mesh
