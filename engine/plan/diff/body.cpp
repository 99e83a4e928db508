#include "engine/plan/diff/body.h"

#include <algorithm>

namespace mesh {
namespace {

using nlohmann::json;

/// Sets a field, making the objects on the way. Paths through lists are left alone when the item is missing.
void put(json& body, const FieldPath& path, json value) {
  json* at = &body;
  for (const PathElement& element : path) {
    const auto* field = std::get_if<FieldName>(&element);
    if (field == nullptr) {
      const json* item = find_value(*at, {element});
      if (item == nullptr) return;
      at = const_cast<json*>(item);  // NOLINT(cppcoreguidelines-pro-type-const-cast): it is a part of `body`
      continue;
    }
    if (at->is_null()) *at = json::object();
    if (!at->is_object()) return;
    at = &(*at)[field->name];
  }
  *at = std::move(value);
}

void drop_nulls(json& value) {
  if (value.is_object()) {
    for (auto field = value.begin(); field != value.end();) {
      if (field->is_null()) {
        field = value.erase(field);
      } else {
        drop_nulls(*field);
        ++field;
      }
    }
  } else if (value.is_array()) {
    for (json& item : value) drop_nulls(item);
  }
}

}  // namespace

json identity_body(const ObjectId& id) {
  json metadata = {{"name", id.name}};
  if (!id.ns.empty()) metadata["namespace"] = id.ns;
  return {{"apiVersion", id.api_version}, {"kind", id.kind}, {"metadata", std::move(metadata)}};
}

json without_mesh_labels(const json& body) {
  json stripped = body;
  const auto metadata = stripped.find("metadata");
  if (metadata == stripped.end()) return stripped;
  const auto labels = metadata->find("labels");
  if (labels == metadata->end()) return stripped;
  labels->erase(managed_by_label);
  labels->erase(mesh_label);
  if (labels->empty()) metadata->erase("labels");
  return stripped;
}

json planned_body(const DesiredObject& desired, const json& body, const std::vector<ResolvedReference>& references) {
  json planned = body;
  drop_nulls(planned);
  for (const FieldPath& path : desired.sensitive) put(planned, path, nullptr);
  for (const ResolvedReference& reference : references) {
    const bool known = reference.state == ResolvedReference::State::known;
    put(planned, *reference.path, known ? json(reference.uid) : json());
  }
  return planned;
}

}  // namespace mesh
