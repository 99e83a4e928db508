#include "providers/simulator/apimachinery/schema/schema.h"

#include <memory>

#include "providers/simulator/apimachinery/schema/schema_data.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

Schema::Scalar scalar_named(const std::string& name) {
  if (name == "text") return Schema::Scalar::text;
  if (name == "boolean") return Schema::Scalar::boolean;
  if (name == "int32") return Schema::Scalar::int32;
  if (name == "int64") return Schema::Scalar::int64;
  if (name == "number") return Schema::Scalar::number;
  if (name == "int_or_text") return Schema::Scalar::int_or_text;
  if (name == "quantity") return Schema::Scalar::quantity;
  if (name == "time" || name == "micro_time") return Schema::Scalar::time;
  if (name == "bytes") return Schema::Scalar::bytes;
  return Schema::Scalar::none;
}

/// Reads schemas.json, whose shape extract_schema.py tells.
class Reader {
 public:
  explicit Reader(const json& document) : types_(document.at("types")) {
    for (const auto& [kind, type] : document.at("kinds").items()) kinds_[kind] = named(type);
  }

  const Schema* kind(const std::string& name) const {
    const auto at = kinds_.find(name);
    return at == kinds_.end() ? nullptr : at->second;
  }

 private:
  Schema* made() {
    all_.push_back(std::make_unique<Schema>());
    return all_.back().get();
  }

  const Schema* named(const std::string& name) {
    if (const auto at = named_.find(name); at != named_.end()) return at->second;
    Schema* schema = made();
    named_[name] = schema;
    if (!types_.contains(name)) {
      scalar(*schema, name);
      return schema;
    }
    fill(*schema, types_.at(name), false);
    // "core.v1.PodSpec" stands in the package v1.
    const std::size_t last = name.rfind('.');
    const std::size_t before = last == std::string::npos || last == 0 ? std::string::npos : name.rfind('.', last - 1);
    if (before != std::string::npos) schema->package = name.substr(before + 1, last - before - 1);
    return schema;
  }

  const Schema* type(const json& node, bool custom) {
    if (node.is_string()) return named(node);
    Schema* schema = made();
    if (node.contains("of")) {
      *schema = *named(node.at("of"));
      schema->atomic = true;
    } else {
      fill(*schema, node, custom);
    }
    return schema;
  }

  static void scalar(Schema& schema, const std::string& name) {
    schema.scalar = scalar_named(name);
    schema.type = schema.scalar == Schema::Scalar::none ? Schema::Type::any : Schema::Type::scalar;
    schema.name = name;
  }

  void fill(Schema& schema, const json& node, bool custom) {
    schema.custom = custom || node.value("custom", false);
    schema.atomic = node.value("atomic", false);
    if (node.contains("list"))
      list(schema, node);
    else if (node.contains("map"))
      map(schema, node);
    else if (node.contains("fields"))
      structure(schema, node);
    else
      scalar(schema, node.at("scalar"));
    for (const char* limit :
         {"enum", "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "pattern"})
      if (node.contains(limit)) schema.limits[limit] = node.at(limit);
  }

  void list(Schema& schema, const json& node) {
    schema.type = Schema::Type::list;
    schema.items = type(node.at("list"), schema.custom);
    if (!node.contains("by")) return;
    schema.list = node.at("by").is_string() ? Schema::List::set : Schema::List::keyed;
    if (schema.list == Schema::List::keyed) schema.keys = node.at("by").get<std::vector<std::string>>();
  }

  void map(Schema& schema, const json& node) {
    schema.type = Schema::Type::map;
    schema.items = type(node.at("map"), schema.custom);
  }

  void structure(Schema& schema, const json& node) {
    schema.type = Schema::Type::structure;
    schema.keeps_unknown = node.value("keep", false);
    schema.name = node.value("name", "");
    if (node.contains("required")) schema.required = node.at("required").get<std::vector<std::string>>();
    for (const auto& [name, member] : node.at("fields").items()) {
      Field field;
      const bool plain = member.is_string() || !member.contains("t");
      field.schema = type(plain ? member : member.at("t"), schema.custom);
      if (!plain) {
        field.fallback = member.value("d", json());
        field.patch_strategy = member.value("p", "");
        field.merge_key = member.value("m", "");
        field.omit_zero = member.contains("o");
        field.always = member.contains("z");
        field.zero = member.value("z", json());
      }
      schema.fields.emplace(name, std::move(field));
    }
  }

  const json& types_;
  std::vector<std::unique_ptr<Schema>> all_;
  std::map<std::string, const Schema*, std::less<>> named_;
  std::map<std::string, const Schema*, std::less<>> kinds_;
};

}  // namespace

const Field* Schema::find(std::string_view field) const {
  const auto at = fields.find(field);
  return at == fields.end() ? nullptr : &at->second;
}

bool Schema::declares(std::string_view field) const {
  return type == Type::any || type == Type::map || keeps_unknown || find(field) != nullptr;
}

const Schema& Schema::member(std::string_view field) const {
  static const Schema anything;
  if (const Field* found = find(field)) return *found->schema;
  return type == Type::map ? *items : anything;
}

const Schema* schema_of(const std::string& group, const std::string& version, const std::string& kind) {
  static const json document = json::parse(simulator_schemas().front().text);
  static const Reader reader(document);
  return reader.kind(group + "/" + version + "/" + kind);
}

}  // namespace mesh::simulator
