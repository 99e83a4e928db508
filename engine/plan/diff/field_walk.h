#pragma once

#include <optional>

#include "engine/plan/diff/claims.h"
#include "engine/plan/diff/fields_diff.h"
#include "engine/plan/diff/path_frame.h"

namespace mesh {

/// Walks a desired body, the live one and the claims on it side by side, by the schema, and notes each difference. The
/// part of diff_fields that is the same for every field.
class FieldWalk {
 public:
  FieldWalk(const FieldsInput& input, FieldsDiff& diff);

  void run(const Claims& root);

 private:
  using Json = nlohmann::json;

  /// A place that is desired. `live` is null when there is nothing, or when it is not known (`seen_`).
  void desired(const PathFrame& at, const Json& value, const Json* live, const Claims& claims);
  void object(const PathFrame& at, const Json& value, const Json* live, const Claims& claims);
  void keyed_list(const PathFrame& at, const Json& value, const Json* live, const Claims& claims);
  void set(const PathFrame& at, const Json& value, const Json* live, const Claims& claims);
  void leaf(const PathFrame& at, const Json& value, const Json* live, const Claims& claims);
  void sensitive(const PathFrame& at, const Json* live, const Claims& claims);
  /// A value outside the metadata of a metadata-only object: only its owners are known.
  void unseen(const PathFrame& at, const Json& value, const Claims& claims);
  void reference(const PathFrame& at, const ResolvedReference& reference, const Json* live, const Claims& claims);

  /// A place that is not desired: what we own there goes, unless others own it too.
  void unwanted(const PathFrame& at, const Json* live, const Claims& claims);
  void unwanted_below(const PathFrame& at, const Json* live, const Claims& claims, const std::string& element);
  void removed(const PathFrame& at, const Json* live, const Claims& claims);

  void note(const PathFrame& at, const Json* before, const Json* after, const Claims& claims);
  const ResolvedReference* reference_at(const PathFrame& at) const;
  bool hidden(const PathFrame& at) const;

  const FieldsInput& input_;
  FieldsDiff& diff_;
  /// Whether the live side of where the walk is was read: false outside the metadata of a metadata-only object.
  bool seen_ = true;
  /// Ownership was reset or never recorded: no owner does not mean that nobody minds.
  bool ownership_known_ = true;
};

}  // namespace mesh
