#include "providers/simulator/apimachinery/validation/validate_custom.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/apimachinery/schema/normalize.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

bool fits(const Schema& schema, const json& value) {
  if (schema.type == Schema::Type::structure || schema.type == Schema::Type::map) return value.is_object();
  if (schema.type == Schema::Type::list) return value.is_array();
  switch (schema.scalar) {
    case Schema::Scalar::boolean:
      return value.is_boolean();
    case Schema::Scalar::int32:
    case Schema::Scalar::int64:
      return value.is_number_integer();
    case Schema::Scalar::number:
      return value.is_number();
    default:
      return value.is_string();
  }
}

class CustomCheck {
 public:
  Causes& causes;
  /// Something so wrong that rules between fields are not looked at.
  bool blocked = false;

  void visit(const Schema& schema, const json& value, const std::string& path) {
    if (schema.type == Schema::Type::any || schema.scalar == Schema::Scalar::int_or_text) return;
    if (!fits(schema, value))
      return block("FieldValueTypeInvalid", path, fmt::format("Invalid value: {}: wrong type", value.dump()));
    if (schema.limits.is_object()) limits(schema.limits, value, path);
    if (schema.type == Schema::Type::structure) structure(schema, value, path);
    if (schema.type == Schema::Type::map)
      for (const auto& [name, item] : value.items()) visit(*schema.items, item, fmt::format("{}.{}", path, name));
    if (schema.type == Schema::Type::list)
      for (std::size_t i = 0; i < value.size(); ++i) visit(*schema.items, value[i], at_index(path, i));
  }

  /// The members of a whole object have an empty path.
  void structure(const Schema& schema, const json& value, const std::string& path) {
    const auto named = [&](const std::string& name) { return path.empty() ? name : path + "." + name; };
    for (const auto& [name, inner] : value.items()) {
      const bool checked_before = path.empty() && (name == "apiVersion" || name == "kind" || name == "metadata");
      const Field* field = schema.find(name);
      if (field != nullptr && !checked_before) visit(*field->schema, inner, named(name));
    }
    for (const std::string& name : schema.required)
      if (!value.contains(name)) block("FieldValueRequired", named(name), "Required value");
  }

 private:
  void block(const std::string& reason, const std::string& path, const std::string& message) {
    blocked = true;
    causes.add(reason, path, message);
  }

  void limits(const json& all, const json& value, const std::string& path) {
    const auto is = [&](const char* name, const auto& broken) { return all.contains(name) && broken(all.at(name)); };
    const json size = value.is_string() ? value.get_ref<const std::string&>().size() : value.size();
    if (is("enum", [&](const json& one) { return std::find(one.begin(), one.end(), value) == one.end(); }))
      block("FieldValueNotSupported", path, fmt::format("Unsupported value: {}", value.dump()));
    if (is("minimum", [&](const json& least) { return value < least; }) ||
        is("maximum", [&](const json& most) { return value > most; }))
      causes.invalid(path, value, "out of range");
    if (is("minLength", [&](const json& least) { return size < least; }) ||
        is("minItems", [&](const json& least) { return size < least; }))
      causes.invalid(path, value, "too short");
    if (is("maxLength", [&](const json& most) { return size > most; })) block("FieldValueTooLong", path, "Too long");
    if (is("maxItems", [&](const json& most) { return size > most; })) block("FieldValueTooMany", path, "Too many");
  }
};

}  // namespace

void validate_custom(const Write& write, const json& object, Causes& causes) {
  if (const std::string kind = text(object, {"kind"}); kind != write.kind)
    return causes.invalid("kind", kind, "must be " + write.kind);
  CustomCheck check{causes};
  check.structure(schema_for(write), object, "");
  if (check.blocked || text(object, {"metadata", "name"}).empty())
    causes.invalid("<nil>", nullptr, "some validation rules were not checked because the object was invalid");
}

void validate_definition(const json& object, Causes& causes) {
  const json& spec = member(object, {"spec"});
  const std::string name = text(object, {"metadata", "name"});
  if (name != text(spec, {"names", "plural"}) + "." + text(spec, {"group"}))
    causes.invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group");
  causes.one_of("spec.scope", text(spec, {"scope"}), {"Cluster", "Namespaced"});
  const json& versions = items(spec, {"versions"});
  const auto stored = std::count_if(versions.begin(), versions.end(),
                                    [](const json& version) { return member(version, {"storage"}) == true; });
  if (stored != 1) causes.invalid("spec.versions", versions, "must have exactly one version marked as storage version");
  if (items(object, {"status", "storedVersions"}).empty())
    causes.invalid("status.storedVersions", nullptr, "must have at least one stored version");
}

}  // namespace mesh::simulator
