#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/model/field_path.h"
#include "engine/model/object.h"

namespace mesh {

/// Another manager's claim on a field.
struct FieldOwner {
  std::string manager = {};
  std::string operation = {};
  std::string subresource = {};
  std::optional<std::string> time = {};

  bool operator==(const FieldOwner&) const = default;
};

/// One field's difference. A missing side is absent. A sensitive field has no values at all: `before_present` and
/// `after_present` say what is there.
struct FieldChange {
  FieldPath path = {};
  std::optional<nlohmann::json> before = {};
  std::optional<nlohmann::json> after = {};
  bool sensitive = false;
  bool before_present = false;
  bool after_present = false;
  /// The value is decided by another action of the same plan.
  bool known_after_apply = false;
  /// Managers other than mesh that own the field now. For a field that we want: a conflict, taken over by the apply.
  std::vector<FieldOwner> owned_by = {};

  bool operator==(const FieldChange&) const = default;
};

/// The identity and version that a plan stands on.
struct Ground {
  std::string uid = {};
  std::string resource_version = {};
  /// SHA-256 over what matters of the object: all but status, resourceVersion, generation and times. Empty for objects
  /// that the plan leaves alone.
  std::string digest = {};

  bool operator==(const Ground&) const = default;
};

/// A field of others that is removed, or gets another value, before the apply: the API server would refuse ours beside
/// it, or ours would mean nothing. It is patched, not applied: mesh does not own it afterwards.
struct ForeignField {
  FieldPath path = {};
  /// Nothing: it is removed.
  std::optional<nlohmann::json> value = {};
  bool operator==(const ForeignField&) const = default;
};

/// The bodies of the next three are complete as sent by server-side apply. A null in one stands for a value that the
/// apply fills in: a sensitive one, or one that is known after apply. Left out, the apply would take it away.
struct CreateObject {
  nlohmann::json body = {};
  bool operator==(const CreateObject&) const = default;
};
struct UpdateObject {
  nlohmann::json body = {};
  Ground ground = {};
  /// Some change takes a field over from another manager: the apply is forced.
  bool force = false;
  std::vector<ForeignField> foreign_fields = {};
  bool operator==(const UpdateObject&) const = default;
};
/// Delete and create again, because a field cannot change in place.
struct ReplaceObject {
  nlohmann::json body = {};
  Ground ground = {};
  std::string why = {};
  bool operator==(const ReplaceObject&) const = default;
};
struct DeleteObject {
  Ground ground = {};
  bool operator==(const DeleteObject&) const = default;
};
struct KeepObject {
  Ground ground = {};
  bool operator==(const KeepObject&) const = default;
};

/// One object's difference. `fields` lists what a reader of the plan wants to see, for every alternative but
/// KeepObject.
struct ObjectChange {
  ObjectId id = {};
  std::variant<KeepObject, CreateObject, UpdateObject, ReplaceObject, DeleteObject> what = {};
  std::vector<FieldChange> fields = {};

  bool operator==(const ObjectChange&) const = default;
};

/// Whether carrying the change out writes anything.
inline bool writes(const ObjectChange& change) { return !std::holds_alternative<KeepObject>(change.what); }

/// The body to send, and what the plan stands on: null where the alternative has none.
const nlohmann::json* body_in(const ObjectChange& change);
const Ground* ground_in(const ObjectChange& change);

}  // namespace mesh
