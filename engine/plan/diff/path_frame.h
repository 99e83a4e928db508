#pragma once

#include <string_view>

#include "engine/model/field_path.h"
#include "engine/plan/diff/schema_tree.h"

namespace mesh {

/// A path while a walk is on it: a list of stack frames, so that fields without a difference cost no allocation.
struct PathFrame {
  const PathFrame* above = nullptr;
  const SchemaNode* schema = nullptr;
  /// A field's name; for items of keyed lists and sets the key or value instead. The root has neither.
  std::string_view name = {};
  const nlohmann::json* list_key = nullptr;
  const nlohmann::json* set_value = nullptr;
};

FieldPath to_path(const PathFrame& frame);

/// Whether the frame stands exactly at the path.
bool stands_at(const PathFrame& frame, const FieldPath& path);

/// Whether the frame or one above it is a field that the API server never lets change.
bool is_immutable(const PathFrame& frame);

}  // namespace mesh
