#include "providers/simulator/apimachinery/schema/normalize.h"

#include "engine/base/time.h"
#include "providers/simulator/apimachinery/schema/quantity.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

bool is_zero(const json& value) {
  switch (value.type()) {
    case json::value_t::null:
      return true;
    case json::value_t::string:
      return value.get_ref<const std::string&>().empty();
    case json::value_t::boolean:
      return !value.get<bool>();
    case json::value_t::number_integer:
    case json::value_t::number_unsigned:
    case json::value_t::number_float:
      return value.get<double>() == 0;
    default:
      return value.empty();
  }
}

/// What a Go value holds that JSON null was read into.
void zero_for_null(const Schema& schema, json& value) {
  switch (schema.type) {
    case Schema::Type::structure:
      value = json::object();
      return;
    case Schema::Type::scalar:
      if (schema.scalar == Schema::Scalar::text) value = "";
      if (schema.scalar == Schema::Scalar::boolean) value = false;
      if (schema.scalar == Schema::Scalar::int32 || schema.scalar == Schema::Scalar::int64) value = 0;
      if (schema.scalar == Schema::Scalar::quantity) value = "0";
      return;
    default:
      return;
  }
}

void normalize_item(const Schema& schema, json& value, bool custom) {
  if (value.is_null() && !custom) zero_for_null(schema, value);
  normalize(schema, value);
}

void normalize_structure(const Schema& schema, json& value) {
  for (auto at = value.begin(); at != value.end();) {
    const Field* field = schema.find(at.key());
    const bool unwanted = field == nullptr ? !schema.keeps_unknown : at->is_null() && !schema.custom && !field->always;
    if (unwanted) {
      at = value.erase(at);
      continue;
    }
    if (field != nullptr) {
      if (at->is_null() && field->always) *at = field->zero;
      normalize(*field->schema, *at);
      if (field->omit_zero && is_zero(*at)) {
        at = value.erase(at);
        continue;
      }
    }
    ++at;
  }
  for (const auto& [name, field] : schema.fields) {
    const bool fill = schema.custom && !field.fallback.is_null();
    if ((!field.always && !fill) || value.contains(name)) continue;
    json& added = value[name] = fill ? field.fallback : field.zero;
    normalize(*field.schema, added);
  }
}

void normalize_scalar(const Schema& schema, json& value) {
  if (schema.scalar == Schema::Scalar::time && value.is_string())
    value = stored_time(value.get_ref<const std::string&>(), schema.name == "micro_time");
  if (schema.scalar != Schema::Scalar::quantity) return;
  if (value.is_number()) value = value.dump();
  if (!value.is_string()) return;
  if (auto canonical = canonical_quantity(value.get_ref<const std::string&>())) value = *canonical;
}

}  // namespace

void normalize(const Schema& schema, json& value) {
  switch (schema.type) {
    case Schema::Type::structure:
      if (value.is_object()) normalize_structure(schema, value);
      return;
    case Schema::Type::map:
    case Schema::Type::list:
      if (value.is_structured())
        for (json& item : value) normalize_item(*schema.items, item, schema.custom);
      return;
    case Schema::Type::scalar:
      return normalize_scalar(schema, value);
    default:
      return;
  }
}

json empty_object(const Write& write) {
  json object = {{"apiVersion", api_version(write)}, {"kind", write.kind}};
  normalize(schema_for(write), object);
  return object;
}

const Schema& schema_for(const Write& write) {
  if (const Schema* known = schema_of(write.group, write.version, write.kind)) return *known;
  static const Schema unknown = [] {
    Schema schema;
    schema.type = Schema::Type::structure;
    schema.custom = schema.keeps_unknown = true;
    const Schema* any_kind = schema_of("", "v1", "ConfigMap");
    for (const char* name : {"apiVersion", "kind", "metadata"})
      schema.fields[name].schema = any_kind->find(name)->schema;
    return schema;
  }();
  return unknown;
}

std::string stored_time(const std::string& text, bool micro) {
  const auto when = parse_rfc3339(text);
  if (!when) return text;
  std::string stored = rfc3339(*when);
  if (!micro) return stored;
  std::string fraction;
  if (const auto dot = text.find('.'); dot != std::string::npos) {
    fraction = text.substr(dot + 1, text.find_first_not_of("0123456789", dot + 1) - dot - 1);
  }
  fraction.resize(6, '0');
  stored.pop_back();
  return stored + "." + fraction + "Z";
}

}  // namespace mesh::simulator
