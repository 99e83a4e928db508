#include "engine/model/rewritten_field.h"

#include <algorithm>
#include <utility>

namespace mesh {
namespace {

using nlohmann::json;

json* value_at(json& body, const FieldPath& path) {
  return const_cast<json*>(find_value(std::as_const(body), path));  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

}  // namespace

bool put_stored(json& body, const RewrittenField& field) {
  json* value = value_at(body, field.path);
  if (value == nullptr || *value != field.sent) return false;
  if (field.stored) {
    *value = *field.stored;
    return true;
  }
  const auto* name = std::get_if<FieldName>(&field.path.back());
  json* parent = value_at(body, FieldPath(field.path.begin(), field.path.end() - 1));
  if (name == nullptr || parent == nullptr) return false;
  parent->erase(name->name);
  return true;
}

bool has_stored(const json& body, const RewrittenField& field) {
  const json* value = find_value(body, field.path);
  return field.stored ? value != nullptr && *value == *field.stored : value == nullptr;
}

bool is_of_same_field(const std::vector<RewrittenField>& fields, const RewrittenField& field) {
  return std::any_of(fields.begin(), fields.end(), [&](const RewrittenField& other) {
    return other.cluster == field.cluster && other.id == field.id && other.path == field.path;
  });
}

}  // namespace mesh
