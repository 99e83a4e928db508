#include "engine/plan/diff/schema_tree.h"

namespace mesh {
namespace {

const SchemaNode& nothing_known() {
  static const SchemaNode node;
  return node;
}

SchemaNode& made(std::unique_ptr<SchemaNode>& node) {
  if (!node) node = std::make_unique<SchemaNode>();
  return *node;
}

/// The node at a path such as `spec.containers[].resources.limits.*`, made when missing.
SchemaNode& at(SchemaNode& root, std::string_view path) {
  SchemaNode* node = &root;
  while (!path.empty()) {
    const std::size_t dot = path.find('.');
    std::string_view step = path.substr(0, dot);
    path = dot == std::string_view::npos ? std::string_view() : path.substr(dot + 1);
    std::size_t items = 0;
    while (step.ends_with("[]")) {
      step.remove_suffix(2);
      ++items;
    }
    node = step == "*" ? &made(node->any_field) : &made(node->fields[std::string(step)]);
    for (; items > 0; --items) node = &made(node->item);
  }
  return *node;
}

std::unique_ptr<SchemaNode> tree_of(const FieldSchema& schema) {
  auto root = std::make_unique<SchemaNode>();
  for (const auto& [path, keyed] : schema.keyed_lists) at(*root, path).keyed = &keyed;
  for (const std::string& path : schema.sets) at(*root, path).set = true;
  for (const std::string& path : schema.atomic) at(*root, path).atomic = true;
  for (const std::string& path : schema.quantities) at(*root, path).quantity = true;
  for (const std::string& path : schema.immutable) at(*root, path).immutable = true;
  return root;
}

}  // namespace

const SchemaNode& field_of(const SchemaNode& node, std::string_view name) {
  if (const auto it = node.fields.find(name); it != node.fields.end()) return *it->second;
  return node.any_field ? *node.any_field : nothing_known();
}

const SchemaNode& item_of(const SchemaNode& node) { return node.item ? *node.item : nothing_known(); }

SchemaTrees::SchemaTrees(const FieldSchemas& schemas) {
  for (const auto& [kind, schema] : schemas) kinds_[kind] = tree_of(schema);
}

const SchemaNode& SchemaTrees::of_kind(std::string_view kind) const {
  const auto it = kinds_.find(kind);
  return it == kinds_.end() ? nothing_known() : *it->second;
}

}  // namespace mesh
