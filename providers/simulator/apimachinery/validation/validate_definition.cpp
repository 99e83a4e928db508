#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/apimachinery/validation/validate_parts.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;

/// A structural schema says of every value what it is.
class StructureCheck {
 public:
  Causes& causes;

  void visit(const json& schema, const std::string& field, const char* place) {
    const std::string type = text_member(schema, "type");
    static const std::vector<std::string> types = {"array", "boolean", "integer", "number", "object", "string"};
    const bool open = member_of(schema, "x-kubernetes-int-or-string") == true ||
                      member_of(schema, "x-kubernetes-preserve-unknown-fields") == true;
    if (type.empty() && !open) causes.required(field + ".type", fmt::format("must not be empty {}", place));
    if (!type.empty() && std::find(types.begin(), types.end(), type) == types.end())
      causes.not_supported(field + ".type", type, types);
    if (type == "array" && member_of(schema, "items").is_null()) causes.required(field + ".items", "must be specified");
    members(schema, field);
  }

 private:
  void members(const json& schema, const std::string& field) {
    if (const json& properties = member_of(schema, "properties"); properties.is_object())
      for (const auto& [name, member] : properties.items())
        visit(member, fmt::format("{}.properties[{}]", field, name), "for specified object fields");
    if (const json& items = member_of(schema, "items"); items.is_object())
      visit(items, field + ".items", "for specified array items");
    if (const json& more = member_of(schema, "additionalProperties"); more.is_object())
      visit(more, field + ".additionalProperties", "for specified object fields");
  }
};

const json& schema_in(const json& version) { return member_of(member_of(version, "schema"), "openAPIV3Schema"); }

/// One schema that all versions have in common is told of as that of the whole definition.
void validate_schemas(const json& versions, Causes& causes) {
  if (!versions.is_array() || versions.empty()) return;
  StructureCheck check{causes};
  const bool one = std::all_of(versions.begin(), versions.end(),
                               [&](const json& version) { return schema_in(version) == schema_in(versions.front()); });
  for (std::size_t i = 0; i < (one ? 1 : versions.size()); ++i) {
    const std::string field =
        one ? "spec.validation.openAPIV3Schema" : at_index("spec.versions", i) + ".schema.openAPIV3Schema";
    if (const json& schema = schema_in(versions[i]); schema.is_object()) check.visit(schema, field, "at the root");
  }
}

}  // namespace

void validate_definition(const json& object, Causes& causes) {
  const json& spec = member_of(object, "spec");
  const json& versions = member_of(spec, "versions");
  const std::string name = text_member(member_of(object, "metadata"), "name");
  if (name != text_member(member_of(spec, "names"), "plural") + "." + text_member(spec, "group"))
    causes.invalid("metadata.name", name, "must be spec.names.plural+\".\"+spec.group");
  const std::string scope = text_member(spec, "scope");
  if (scope != "Cluster" && scope != "Namespaced") causes.not_supported("spec.scope", scope, {"Cluster", "Namespaced"});
  const auto stored =
      !versions.is_array() ? 0 : std::count_if(versions.begin(), versions.end(), [](const json& version) {
        return member_of(version, "storage") == true;
      });
  if (stored != 1)
    causes.invalid("spec.versions", versions.is_array() ? versions : json::array(),
                   "must have exactly one version marked as storage version");
  validate_schemas(versions, causes);
  const json& kept = member_of(member_of(object, "status"), "storedVersions");
  if (!kept.is_array() || kept.empty())
    causes.invalid("status.storedVersions", kept, "must have at least one stored version");
}

}  // namespace mesh::simulator
