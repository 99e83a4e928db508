#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "engine/model/field_schema.h"

namespace mesh {

/// One place of a FieldSchema, found step by step instead of by its path's text: the planner visits every field of
/// thousands of objects.
struct SchemaNode {
  bool atomic = false;
  bool quantity = false;
  bool set = false;
  bool immutable = false;
  /// Points into the FieldSchema; null: no keyed list.
  const FieldSchema::KeyedList* keyed = nullptr;
  std::map<std::string, std::unique_ptr<SchemaNode>, std::less<>> fields;
  /// `*` and `[]`.
  std::unique_ptr<SchemaNode> any_field;
  std::unique_ptr<SchemaNode> item;
};

/// The place of a field below, and of a list's items; of places that the schema does not name nothing is known.
const SchemaNode& field_of(const SchemaNode& node, std::string_view name);
const SchemaNode& item_of(const SchemaNode& node);

/// The schemas of all kinds. They must outlive it.
class SchemaTrees {
 public:
  explicit SchemaTrees(const FieldSchemas& schemas);
  /// Of a kind that has no schema nothing is known: every list is one value, every map is merged.
  const SchemaNode& of_kind(std::string_view kind) const;

 private:
  std::map<std::string, std::unique_ptr<SchemaNode>, std::less<>> kinds_;
};

}  // namespace mesh
