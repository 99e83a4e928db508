#include "providers/simulator/apiserver/discovery/openapi_parts.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// A message of protocol buffers in the making.
class Message {
 public:
  Message& text(int field, const std::string& value) {
    if (value.empty()) return *this;
    number((static_cast<std::uint64_t>(field) << 3U) | 2U);
    number(value.size());
    bytes_ += value;
    return *this;
  }
  Message& flag(int field, bool value) {
    if (!value) return *this;
    number(static_cast<std::uint64_t>(field) << 3U);
    number(1);
    return *this;
  }
  /// Also when it is empty: it says that the field is there.
  Message& message(int field, const Message& value) {
    number((static_cast<std::uint64_t>(field) << 3U) | 2U);
    number(value.bytes_.size());
    bytes_ += value.bytes_;
    return *this;
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void number(std::uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) bytes_.push_back(static_cast<char>((value & 0x7FU) | 0x80U));
    bytes_.push_back(static_cast<char>(value));
  }

  std::string bytes_;
};

std::string text_of(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Message named(const std::string& name, const Message& value) { return Message().text(1, name).message(2, value); }

/// The x-… members as NamedAny; JSON is YAML.
void add_extensions(Message& message, int field, const json& object) {
  for (const auto& [key, value] : object.items()) {
    if (key.starts_with("x-")) message.message(field, named(key, Message().text(2, value.dump())));
  }
}

// Numbers of fields: OpenAPIv2.proto of gnostic-models.

Message schema_message(const json& schema) {
  Message made;
  made.text(1, text_of(schema, "$ref")).text(2, text_of(schema, "format")).text(4, text_of(schema, "description"));
  for (const json& one : schema.value("required", json::array())) made.text(19, one.get<std::string>());
  if (schema.contains("additionalProperties")) {
    made.message(21, Message().message(1, schema_message(schema["additionalProperties"])));
  }
  if (schema.contains("type")) made.message(22, Message().text(1, text_of(schema, "type")));
  if (schema.contains("items")) made.message(23, Message().message(1, schema_message(schema["items"])));
  if (schema.contains("properties")) {
    Message properties;
    for (const auto& [name, value] : schema["properties"].items())
      properties.message(1, named(name, schema_message(value)));
    made.message(25, properties);
  }
  add_extensions(made, 31, schema);
  return made;
}

/// A parameter of the query, inside of what it may be instead.
Message parameter_message(const json& parameter) {
  Message query;
  query.text(2, text_of(parameter, "in")).text(4, text_of(parameter, "name")).text(6, text_of(parameter, "type"));
  query.flag(20, parameter.value("uniqueItems", false));
  const Message non_body = Message().message(3, query);
  return Message().message(1, Message().message(2, non_body));
}

Message operation_message(const json& operation) {
  Message made;
  for (const json& one : operation.value("parameters", json::array())) made.message(8, parameter_message(one));
  const Message answer = Message().message(1, Message().text(1, "OK"));
  made.message(9, Message().message(1, named("200", answer)));
  add_extensions(made, 13, operation);
  return made;
}

Message path_message(const json& item) {
  Message made;
  const std::pair<const char*, int> methods[] = {{"get", 2}, {"put", 3}, {"post", 4}, {"delete", 5}, {"patch", 8}};
  for (const auto& [method, field] : methods) {
    if (item.contains(method)) made.message(field, operation_message(item[method]));
  }
  return made;
}

}  // namespace

std::string gnostic_document(const json& document) {
  const json& info = document.at("info");
  Message paths;
  for (const auto& [name, item] : document.at("paths").items()) paths.message(2, named(name, path_message(item)));
  Message definitions;
  for (const auto& [name, schema] : document.at("definitions").items()) {
    definitions.message(1, named(name, schema_message(schema)));
  }
  return Message()
      .text(1, text_of(document, "swagger"))
      .message(2, Message().text(1, text_of(info, "title")).text(2, text_of(info, "version")))
      .message(8, paths)
      .message(9, definitions)
      .bytes();
}

}  // namespace mesh::simulator
