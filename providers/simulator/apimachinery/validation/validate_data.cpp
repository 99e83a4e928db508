#include <fmt/format.h>

#include <utility>

#include "providers/simulator/apimachinery/validation/name_rules.h"
#include "providers/simulator/apimachinery/validation/validate_parts.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;

constexpr std::size_t most_bytes = std::size_t{1024} * 1024;

/// Bytes behind a base64 text.
std::size_t decoded_size(const std::string& text) {
  std::size_t size = text.size() / 4 * 3;
  if (text.ends_with("==")) return size - 2;
  return text.ends_with("=") ? size - 1 : size;
}

std::size_t check_data(const json& data, const std::string& field, bool encoded, Causes& causes) {
  std::size_t size = 0;
  if (!data.is_object()) return size;
  for (const auto& [key, value] : data.items()) {
    for (const std::string& error : config_key_errors(key))
      causes.invalid(fmt::format("{}[{}]", field, key), key, error);
    if (value.is_string())
      size += encoded ? decoded_size(value.get<std::string>()) : value.get_ref<const std::string&>().size();
  }
  return size;
}

void need_keys(const json& data, std::initializer_list<const char*> keys, Causes& causes) {
  for (const char* key : keys)
    if (!data.is_object() || !data.contains(key)) causes.required(fmt::format("data[{}]", key));
}

/// Once `immutable` is set neither it nor the data can change.
void check_immutable(const json& before, const json& after, std::initializer_list<const char*> fields, Causes& causes) {
  if (member_of(before, "immutable") != true) return;
  const char* why = "field is immutable when `immutable` is set";
  if (member_of(after, "immutable") != true) causes.forbidden("immutable", why);
  for (const char* field : fields)
    if (member_of(before, field) != member_of(after, field)) causes.forbidden(field, why);
}

}  // namespace

void validate_secret(const json& object, Causes& causes) {
  const json& data = member_of(object, "data");
  if (check_data(data, "data", true, causes) > most_bytes) causes.too_long("data", most_bytes);
  const std::string type = text_member(object, "type");
  const std::string account = "kubernetes.io/service-account.name";
  if (type == "kubernetes.io/service-account-token") {
    const json& notes = member_of(member_of(object, "metadata"), "annotations");
    if (text_member(notes, account.c_str()).empty()) causes.required(fmt::format("metadata.annotations[{}]", account));
  } else if (type == "kubernetes.io/tls") {
    need_keys(data, {"tls.crt", "tls.key"}, causes);
  } else if (type == "kubernetes.io/dockerconfigjson") {
    need_keys(data, {".dockerconfigjson"}, causes);
  } else if (type == "kubernetes.io/dockercfg") {
    need_keys(data, {".dockercfg"}, causes);
  } else if (type == "kubernetes.io/ssh-auth") {
    need_keys(data, {"ssh-privatekey"}, causes);
  } else if (type == "kubernetes.io/basic-auth") {
    // One of the two is enough.
    const bool any = data.is_object() && (data.contains("username") || data.contains("password"));
    if (!any) need_keys(data, {"username", "password"}, causes);
  }
}

void validate_secret_update(const json& before, const json& after, Causes& causes) {
  if (member_of(before, "type") != member_of(after, "type"))
    causes.invalid("type", member_of(after, "type"), "field is immutable");
  check_immutable(before, after, {"data"}, causes);
  validate_secret(after, causes);
}

void validate_config_map(const json& object, Causes& causes) {
  const json& data = member_of(object, "data");
  const json& binary = member_of(object, "binaryData");
  if (data.is_object())
    for (const auto& [key, value] : data.items())
      if (binary.is_object() && binary.contains(key))
        causes.invalid(fmt::format("data[{}]", key), key, "duplicate of key present in binaryData");
  const std::size_t size = check_data(data, "data", false, causes) + check_data(binary, "binaryData", true, causes);
  if (size > most_bytes) causes.too_long("[]", most_bytes);
}

void validate_config_map_update(const json& before, const json& after, Causes& causes) {
  check_immutable(before, after, {"data", "binaryData"}, causes);
  validate_config_map(after, causes);
}

}  // namespace mesh::simulator
