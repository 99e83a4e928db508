#include <fmt/format.h>

#include "providers/simulator/apiserver/discovery/openapi_parts.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

const std::string meta_package = "io.k8s.apimachinery.pkg.apis.meta.v1.";

/// "io.k8s.api.apps.v1.", "io.istio.networking.v1.": the group's labels turned round.
std::string package_of(const ResourceInfo& resource, const std::string& version) {
  if (!resource.custom) {
    const std::string group = resource.group.empty() ? "core" : resource.group.substr(0, resource.group.find('.'));
    return fmt::format("io.k8s.api.{}.{}.", group, version);
  }
  std::string turned;
  std::size_t end = resource.group.size();
  while (end != std::string::npos) {
    const auto dot = end == 0 ? std::string::npos : resource.group.rfind('.', end - 1);
    const std::size_t begin = dot == std::string::npos ? 0 : dot + 1;
    turned += resource.group.substr(begin, end - begin) + ".";
    end = dot;
  }
  return turned + version + ".";
}

json kind_mark(const ResourceInfo& resource, const std::string& version) {
  return json::array({{{"group", resource.group}, {"version", version}, {"kind", resource.kind}}});
}

/// A custom resource that brings its own schema: what every object has is added.
json own_schema(json schema) {
  json& properties = schema["properties"];
  if (!properties.is_object()) properties = json::object();
  for (const char* key : {"apiVersion", "kind"}) properties.emplace(key, json{{"type", "string"}});
  properties["metadata"] = {{"type", "object"}};
  return schema;
}

}  // namespace

std::string SchemaWriter::name_of(const Schema& schema) {
  const auto known = names_.find(&schema);
  if (known != names_.end()) return known->second;
  std::string name = (schema.package.empty() ? meta_package : "io.k8s.api." + schema.package + ".") + schema.name;
  while (!taken_.insert(name).second) name += "_";
  names_.emplace(&schema, name);
  return name;
}

json SchemaWriter::reference(const Schema& schema) {
  const bool known = names_.contains(&schema);
  const std::string name = name_of(schema);
  if (!known) written_[name] = structure_of(schema);
  return {{"$ref", (dialect_ == OpenApi::v2 ? "#/definitions/" : "#/components/schemas/") + name}};
}

json SchemaWriter::scalar_of(Schema::Scalar scalar) const {
  switch (scalar) {
    case Schema::Scalar::boolean:
      return {{"type", "boolean"}};
    case Schema::Scalar::int32:
      return {{"type", "integer"}, {"format", "int32"}};
    case Schema::Scalar::int64:
      return {{"type", "integer"}, {"format", "int64"}};
    case Schema::Scalar::number:
      return {{"type", "number"}, {"format", "double"}};
    case Schema::Scalar::int_or_text:
      if (dialect_ == OpenApi::v2) return {{"type", "string"}, {"format", "int-or-string"}};
      return {{"format", "int-or-string"}, {"oneOf", json::array({{{"type", "integer"}}, {{"type", "string"}}})}};
    case Schema::Scalar::time:
      return {{"type", "string"}, {"format", "date-time"}};
    case Schema::Scalar::bytes:
      return {{"type", "string"}, {"format", "byte"}};
    case Schema::Scalar::none:
    case Schema::Scalar::text:
    case Schema::Scalar::quantity:
      break;
  }
  return {{"type", "string"}};
}

json SchemaWriter::field_of(const Field& field) {
  json made = field.schema == nullptr ? json::object() : type_of(*field.schema);
  if (made.contains("$ref") && dialect_ == OpenApi::v3) made = {{"allOf", json::array({made})}};
  if (!field.fallback.is_null() && !made.contains("$ref")) made["default"] = field.fallback;
  if (!field.patch_strategy.empty()) made["x-kubernetes-patch-strategy"] = field.patch_strategy;
  if (!field.merge_key.empty()) made["x-kubernetes-patch-merge-key"] = field.merge_key;
  return made;
}

json SchemaWriter::structure_of(const Schema& schema) {
  json made = {{"type", "object"}};
  if (schema.fields.empty() || schema.keeps_unknown) {
    if (dialect_ == OpenApi::v3 || schema.custom) made["x-kubernetes-preserve-unknown-fields"] = true;
  }
  for (const auto& [name, field] : schema.fields) made["properties"][name] = field_of(field);
  if (!schema.required.empty()) made["required"] = schema.required;
  if (schema.atomic) made["x-kubernetes-map-type"] = "atomic";
  return made;
}

json SchemaWriter::type_of(const Schema& schema) {
  json made = json::object();
  switch (schema.type) {
    case Schema::Type::scalar:
      return scalar_of(schema.scalar);
    case Schema::Type::structure:
      if (!schema.name.empty()) return reference(schema);
      if (!open_.insert(&schema).second) return {{"type", "object"}};
      made = structure_of(schema);
      open_.erase(&schema);
      return made;
    case Schema::Type::map:
      made = {{"type", "object"}};
      if (schema.items != nullptr) made["additionalProperties"] = type_of(*schema.items);
      return made;
    case Schema::Type::list: {
      made = {{"type", "array"}, {"items", schema.items == nullptr ? json::object() : type_of(*schema.items)}};
      const char* kind = schema.list == Schema::List::atomic ? "atomic"
                         : schema.list == Schema::List::set  ? "set"
                                                             : "map";
      made["x-kubernetes-list-type"] = kind;
      if (!schema.keys.empty()) made["x-kubernetes-list-map-keys"] = schema.keys;
      return made;
    }
    case Schema::Type::any:
      break;
  }
  // Anything goes; kubectl's reader of version 2 wants a type.
  if (dialect_ == OpenApi::v2) return {{"type", "object"}};
  return {{"x-kubernetes-preserve-unknown-fields", true}};
}

void SchemaWriter::add_kind(const ResourceInfo& resource, const VersionInfo& version) {
  const std::string name = package_of(resource, version.name) + resource.kind;
  const Schema* schema = schema_of(resource.group, version.name, resource.kind);
  json made = {{"type", "object"}};
  if (schema != nullptr) {
    taken_.insert(name);
    names_.emplace(schema, name);
    made = structure_of(*schema);
  } else if (version.schema.is_object() && dialect_ == OpenApi::v3) {
    made = own_schema(version.schema);
  }
  made["x-kubernetes-group-version-kind"] = kind_mark(resource, version.name);
  written_[name] = std::move(made);
}

}  // namespace mesh::simulator
