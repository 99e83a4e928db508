#include "providers/simulator/apimachinery/validation/validate_data.h"

#include <fmt/format.h>

#include "providers/simulator/apimachinery/validation/name_rules.h"
#include "providers/simulator/objects/fields.h"

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
  for (const auto& [key, value] : data.items()) {
    causes.invalid_if(config_key_error(key), fmt::format("{}[{}]", field, key), key);
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
void check_immutable(const json& before, const json& after, Causes& causes) {
  if (member(before, {"immutable"}) != true) return;
  const char* why = "field is immutable when `immutable` is set";
  if (member(after, {"immutable"}) != true) causes.forbidden("immutable", why);
  for (const char* field : {"data", "binaryData"})
    if (member(before, {field}) != member(after, {field})) causes.forbidden(field, why);
}

}  // namespace

void validate_secret(const json& object, Causes& causes) {
  const json& data = member(object, {"data"});
  causes.too_long_if(check_data(data, "data", true, causes) > most_bytes, "data", most_bytes);
  const std::string type = text(object, {"type"});
  const char* account = "kubernetes.io/service-account.name";
  if (type == "kubernetes.io/service-account-token") {
    if (text(object, {"metadata", "annotations", account}).empty())
      causes.required(fmt::format("metadata.annotations[{}]", account));
  } else if (type == "kubernetes.io/tls") {
    need_keys(data, {"tls.crt", "tls.key"}, causes);
  } else if (type == "kubernetes.io/dockerconfigjson") {
    need_keys(data, {".dockerconfigjson"}, causes);
  }
}

void validate_secret_update(const json& before, const json& after, Causes& causes) {
  if (member(before, {"type"}) != member(after, {"type"}))
    causes.invalid("type", member(after, {"type"}), "field is immutable");
  check_immutable(before, after, causes);
  validate_secret(after, causes);
}

void validate_lease(const json& object, Causes& causes) {
  const json& seconds = member(object, {"spec", "leaseDurationSeconds"});
  if (seconds.is_number() && seconds <= 0)
    causes.invalid("spec.leaseDurationSeconds", seconds, "must be greater than 0");
}

void validate_config_map(const json& object, Causes& causes) {
  const json& data = member(object, {"data"});
  const json& binary = member(object, {"binaryData"});
  for (const auto& [key, value] : data.items())
    if (binary.contains(key))
      causes.invalid(fmt::format("data[{}]", key), key, "duplicate of key present in binaryData");
  const std::size_t size = check_data(data, "data", false, causes) + check_data(binary, "binaryData", true, causes);
  causes.too_long_if(size > most_bytes, "[]", most_bytes);
}

void validate_config_map_update(const json& before, const json& after, Causes& causes) {
  check_immutable(before, after, causes);
  validate_config_map(after, causes);
}

}  // namespace mesh::simulator
