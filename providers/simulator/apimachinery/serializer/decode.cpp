#include "providers/simulator/apimachinery/serializer/decode.h"

#include <fmt/format.h>

#include "providers/simulator/apimachinery/schema/normalize.h"
#include "providers/simulator/apimachinery/serializer/body_text.h"
#include "providers/simulator/apimachinery/serializer/decode_check.h"
#include "providers/simulator/apimachinery/serializer/go_text.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;
using Json = nlohmann::ordered_json;

constexpr std::size_t shown_bytes = 30;

/// The start of a body that is none: as text when it looks like JSON, else in hexadecimal digits.
std::string shown(const std::string& body) {
  if (body.empty()) return "<empty>";
  const bool cut = body.size() > shown_bytes;
  const std::string start = body.substr(0, shown_bytes);
  if (start[0] == '{') return start + (cut ? " ..." : "");
  std::string digits;
  for (const char c : start) digits += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return digits + (cut ? " ..." : "");
}

ApiError unrecognized(const Write& write, const std::string& why, const std::string& body) {
  return bad_request(
      fmt::format("the object provided is unrecognized (must be of type {}): {} ({})", write.kind, why, shown(body)));
}

ApiError cannot_be_handled(const Write& write, const std::string& kind, const std::string& version,
                           const std::string& why) {
  return bad_request(fmt::format("{} in version \"{}\" cannot be handled as a {}: {}", kind, version, write.kind, why));
}

std::string text_at(const Json& object, const char* key) {
  const auto at = object.find(key);
  return at != object.end() && at->is_string() ? at->get<std::string>() : "";
}

/// Kind and version of the body against those of the request.
std::optional<ApiError> check_kind(const Write& write, const Json& value, const std::string& body, bool custom) {
  const std::string kind = text_at(value, "kind");
  const std::string version = text_at(value, "apiVersion");
  if (custom && kind.empty()) return unrecognized(write, fmt::format("Object 'Kind' is missing in '{}'", body), body);
  const std::string here = api_version(write);
  const std::string given = version.empty() && !custom ? here : version;
  const std::size_t slash = given.find('/');
  const std::string group = slash == std::string::npos ? "" : given.substr(0, slash);
  const std::string number = slash == std::string::npos ? given : given.substr(slash + 1);
  const bool same_kind = kind.empty() || kind == write.kind;
  if (given == here && (same_kind || custom)) return std::nullopt;
  if (custom || (same_kind && schema_of(group, number, write.kind) != nullptr))
    return bad_request(
        fmt::format("the API version in the data ({}) does not match the expected API version ({})", given, here));
  const std::string& named = kind.empty() ? write.kind : kind;
  const bool any_list = given == "v1" && named == "List";
  if (any_list || schema_of(group, number, named) != nullptr) {
    return cannot_be_handled(
        write, named, number,
        fmt::format("converting ({}.{}) to ({}.{}): unknown conversion", number, named,
                    write.group.empty() ? "core" : write.group.substr(0, write.group.find('.')), write.kind));
  }
  return cannot_be_handled(write, named, number,
                           fmt::format("no kind \"{}\" is registered for version \"{}\" in scheme "
                                       "\"pkg/runtime/scheme.go:111\"",
                                       named, given));
}

/// Unknown and duplicate members, in the order in which the server tells them.
std::vector<std::string> strict_findings(const BodyText& body, std::vector<std::string> unknown) {
  std::vector<std::string> all;
  for (const Duplicate& one : body.duplicates) all.push_back(fmt::format("duplicate field \"{}\"", one.path));
  all.insert(all.end(), std::make_move_iterator(unknown.begin()), std::make_move_iterator(unknown.end()));
  return all;
}

std::string strict_error(const std::vector<std::string>& findings) {
  return fmt::format("strict decoding error: {}", fmt::join(findings, ", "));
}

json stored(const Write& write, json object) {
  object["apiVersion"] = api_version(write);
  if (!object.contains("kind") || object["kind"] == json("")) object["kind"] = write.kind;
  // An empty list of owners resets them: it may not get lost with other empty members.
  const json::json_pointer owners("/metadata/managedFields");
  const bool reset = object.contains(owners) && object.at(owners) == json::array();
  normalize(schema_for(write), object);
  if (reset) object[owners] = json::array();
  return object;
}

/// A patch may not turn the object into another kind; empty: it does not.
std::string unregistered(const Write& write, const json& object, bool custom) {
  const std::string kind = object.value("kind", "");
  const std::string version = object.value("apiVersion", "");
  if (custom || (kind == write.kind && version == api_version(write))) return "";
  return fmt::format("no kind \"{}\" is registered for version \"{}\" in scheme \"pkg/runtime/scheme.go:111\"", kind,
                     version);
}

/// A custom resource's null is nothing, except in an apply.
void drop_nulls(const Schema& schema, json& value) {
  if (schema.type == Schema::Type::structure && value.is_object()) {
    for (auto at = value.begin(); at != value.end();) {
      const Field* field = schema.find(at.key());
      if (field != nullptr && at->is_null() && field->fallback.is_null()) {
        at = value.erase(at);
        continue;
      }
      if (field != nullptr) drop_nulls(*field->schema, *at);
      ++at;
    }
  } else if (schema.items != nullptr && value.is_structured()) {
    for (json& item : value) drop_nulls(*schema.items, item);
  }
}

json without_nulls(const Schema& schema, json object) {
  if (schema.custom) drop_nulls(schema, object);
  return object;
}

ApiError invalid_patch(const std::string& patched, const std::string& why) {
  return invalid("", "", "",
                 {{"FieldValueInvalid", fmt::format("Invalid value: {}: {}", json(patched).dump(), why), "patch"}});
}

}  // namespace

ApiResult<Decoded> decode_object(const Write& write, const std::string& body, FieldValidation validation, bool yaml) {
  const Schema& schema = schema_for(write);
  BodyText text = yaml ? read_yaml(body) : read_json(body);
  if (text.error.empty() && !text.value.is_object() && !text.value.is_null()) {
    text.error = fmt::format(
        "json: cannot unmarshal {} into Go value of type struct {{ APIVersion string "
        "\"json:\\\"apiVersion,omitempty\\\"\"; Kind string \"json:\\\"kind,omitempty\\\"\" }}",
        json_type_name(json(text.value)));
  }
  if (!text.error.empty())
    return tl::unexpected(unrecognized(write, "couldn't get version/kind; json parse error: " + text.error, body));
  if (text.value.is_null()) text.value = Json::object();
  if (auto refused = check_kind(write, text.value, body, schema.custom)) return tl::unexpected(std::move(*refused));
  DecodeFindings found = check_decode(schema, text.value);
  if (!found.error.empty()) return tl::unexpected(cannot_be_handled(write, write.kind, write.version, found.error));
  Decoded decoded;
  if (validation != FieldValidation::ignore) decoded.warnings = strict_findings(text, std::move(found.unknown));
  if (validation == FieldValidation::strict && !decoded.warnings.empty())
    return tl::unexpected(cannot_be_handled(write, write.kind, write.version, strict_error(decoded.warnings)));
  decoded.object = stored(write, without_nulls(schema, json(text.value)));
  return decoded;
}

ApiResult<Decoded> decode_object(const Write& write, json object, FieldValidation validation,
                                 const json* strategic_patch, const std::vector<std::string>& of_patch) {
  const auto refuse = [&](const std::string& why) {
    return tl::unexpected(invalid_patch(strategic_patch == nullptr ? object.dump() : go_text(*strategic_patch), why));
  };
  const Schema& schema = schema_for(write);
  if (const std::string why = unregistered(write, object, schema.custom); !why.empty()) return refuse(why);
  DecodeFindings found = check_decode(schema, Json(object));
  if (strategic_patch != nullptr) found.error = convert_error(schema, object);
  if (!found.error.empty()) return refuse(found.error);
  Decoded decoded;
  if (validation != FieldValidation::ignore) {
    decoded.warnings = of_patch;
    decoded.warnings.insert(decoded.warnings.end(), found.unknown.begin(), found.unknown.end());
  }
  if (validation == FieldValidation::strict && !decoded.warnings.empty()) return refuse(strict_error(decoded.warnings));
  decoded.object = stored(write, without_nulls(schema, std::move(object)));
  return decoded;
}

ApiResult<Decoded> decode_apply(const std::string& body, FieldValidation validation) {
  const auto refuse = [](const std::string& why) { return tl::unexpected(bad_request("error decoding YAML: " + why)); };
  BodyText text = read_yaml(body);
  if (!text.error.empty()) return refuse(text.error);
  if (text.value.is_null()) text.value = Json::object();
  if (!text.value.is_object()) {
    return refuse(
        fmt::format("error unmarshaling JSON: while decoding JSON: json: cannot unmarshal {} into Go value of "
                    "type map[string]interface {{}}",
                    json_type_name(json(text.value))));
  }
  Decoded decoded{json(text.value), {}};
  if (validation == FieldValidation::ignore || text.duplicates.empty()) return decoded;
  std::string all = "error converting YAML to JSON: yaml: unmarshal errors:";
  for (const Duplicate& one : text.duplicates) {
    std::string line = fmt::format("line {}: key {} already set in map", one.line, json(one.key).dump());
    all += "\n  " + line;
    decoded.warnings.push_back(std::move(line));
  }
  if (validation == FieldValidation::strict) return tl::unexpected(bad_request("error strict decoding YAML: " + all));
  return decoded;
}

ApiResult<Decoded> decode_patch(PatchKind kind, const std::string& body, FieldValidation validation) {
  const std::string prefix = kind == PatchKind::strategic ? "" : "error decoding patch: ";
  BodyText text = read_json(body);
  if (!text.error.empty()) return tl::unexpected(bad_request(prefix + text.error));
  const bool list = kind == PatchKind::json;
  if (text.value.is_null()) text.value = list ? Json::array() : Json::object();
  if (list ? !text.value.is_array() : !text.value.is_object())
    return tl::unexpected(bad_request(fmt::format("{}json: cannot unmarshal {} into Go value of type {}", prefix,
                                                  json_type_name(json(text.value)),
                                                  list ? "[]handlers.jsonPatchOp" : "map[string]interface {}")));
  Decoded decoded{json(text.value), {}};
  if (validation == FieldValidation::ignore) return decoded;
  for (const Duplicate& one : text.duplicates)
    decoded.warnings.push_back(fmt::format("{}duplicate field \"{}\"", list ? "json patch " : "", one.path));
  return decoded;
}

ApiResult<json> parse_body(const std::string& body, bool yaml) {
  const BodyText text = yaml ? read_yaml(body) : read_json(body);
  if (!text.error.empty()) return tl::unexpected(bad_request(text.error));
  return json(text.value);
}

}  // namespace mesh::simulator
