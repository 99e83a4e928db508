#pragma once

#include <string>
#include <vector>

#include "engine/model/change.h"
#include "engine/model/desired_state.h"
#include "engine/model/object.h"
#include "engine/plan/diff/schema_tree.h"

namespace mesh {

/// What became of a Reference. unverifiable: the source cannot be read now; the live value stands. left_out: nobody
/// asked for the source; the live value stands, and where there is none the apply finds out.
struct ResolvedReference {
  enum class State { known, known_after_apply, unverifiable, left_out };

  const FieldPath* path = nullptr;
  State state = State::unverifiable;
  /// The source's uid when known.
  std::string uid;
};

/// Two sides to compare. All that is pointed to must outlive the call.
struct FieldsInput {
  /// The body as it should be.
  const nlohmann::json& desired;
  /// Nothing: the object is to be created.
  const Object* live = nullptr;
  const SchemaNode& schema;
  /// Its id and path lists; the body and the ownership in it are not looked at. What stands under `data` of a Secret is
  /// sensitive, whatever they say.
  const DesiredObject& rules;
  const std::vector<ResolvedReference>& references;
  /// The field manager whose fields are ours.
  const std::string& manager;
};

struct FieldsDiff {
  std::vector<FieldChange> changes;
  /// Some change needs a field that another manager owns, or may own.
  bool force = false;
  /// Fields of others that are in the way; their changes are among `changes`.
  std::vector<ForeignField> foreign_fields;
  /// Why the object cannot be changed in place; empty: it can.
  std::string replace_why;
  /// A field that never changes and cannot be read, and that others alone own: whether it is as desired is not known.
  FieldPath unseen_immutable;
  /// A reference without a live value cannot be resolved now.
  bool unresolved = false;
};

}  // namespace mesh
