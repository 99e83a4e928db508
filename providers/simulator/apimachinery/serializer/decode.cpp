#include "providers/simulator/apimachinery/serializer/decode.h"

#include <fmt/format.h>

#include "providers/simulator/apimachinery/schema/normalize.h"
#include "providers/simulator/apimachinery/serializer/body_text.h"
#include "providers/simulator/apimachinery/serializer/decode_check.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;
using Json = nlohmann::ordered_json;

/// Kind and version of the body against those of the request. The kind of a custom resource has to be there, and is
/// checked with its fields.
std::optional<ApiError> check_kind(const Write& write, const json& object, bool custom) {
  const std::string kind = text(object, {"kind"});
  const std::string version = text(object, {"apiVersion"});
  if (custom ? kind.empty() : !kind.empty() && kind != write.kind)
    return bad_request(fmt::format("\"{}\" cannot be handled as a {}", kind, write.kind));
  if (version == api_version(write) || (version.empty() && !custom)) return std::nullopt;
  return bad_request(fmt::format("the API version in the data ({}) does not match the expected API version ({})",
                                 version, api_version(write)));
}

/// The tree of a body that has to be an object (or a list); nothing at all counts as an empty one.
ApiResult<Json> tree_of(ApiResult<Json> body, bool list = false) {
  if (!body) return body;
  if (body->is_null()) return list ? Json::array() : Json::object();
  if (list ? body->is_array() : body->is_object()) return body;
  return tl::unexpected(
      bad_request(fmt::format("the body has to be {}: {}", list ? "a list" : "an object", body->dump())));
}

/// A custom resource's null is nothing, except in an apply.
void drop_null_fields(const Schema& schema, json& value) {
  if (schema.type == Schema::Type::structure && value.is_object()) {
    for (auto at = value.begin(); at != value.end();) {
      const Field* field = schema.find(at.key());
      if (field != nullptr && at->is_null() && field->fallback.is_null()) {
        at = value.erase(at);
        continue;
      }
      if (field != nullptr) drop_null_fields(*field->schema, *at);
      ++at;
    }
  } else if (schema.items != nullptr && value.is_structured()) {
    for (json& item : value) drop_null_fields(*schema.items, item);
  }
}

json stored(const Write& write, json object) {
  const Schema& schema = schema_for(write);
  if (schema.custom) drop_null_fields(schema, object);
  object["apiVersion"] = api_version(write);
  if (text(object, {"kind"}).empty()) object["kind"] = write.kind;
  // An empty list of owners resets them: it may not get lost with other empty members.
  const json::json_pointer owners("/metadata/managedFields");
  const bool reset = object.contains(owners) && object.at(owners) == json::array();
  normalize(schema, object);
  if (reset) object[owners] = json::array();
  return object;
}

/// Holds the tree against the types.
tl::expected<Decoded, std::string> decode(const Write& write, const Json& tree, FieldValidation validation) {
  DecodeFindings found = check_decode(schema_for(write), tree);
  if (!found.error.empty()) return tl::unexpected(std::move(found.error));
  if (validation == FieldValidation::ignore) found.unknown.clear();
  if (validation == FieldValidation::strict && !found.unknown.empty())
    return tl::unexpected(fmt::format("strict decoding error: {}", fmt::join(found.unknown, ", ")));
  return Decoded{stored(write, json(tree)), std::move(found.unknown)};
}

}  // namespace

ApiResult<Decoded> decode_object(const Write& write, const std::string& body, FieldValidation validation, bool yaml) {
  const auto tree = tree_of(yaml ? read_yaml(body) : read_json(body));
  if (!tree) return tl::unexpected(tree.error());
  if (auto refused = check_kind(write, json(*tree), schema_for(write).custom))
    return tl::unexpected(std::move(*refused));
  auto decoded = decode(write, *tree, validation);
  if (decoded) return std::move(*decoded);
  return tl::unexpected(bad_request(fmt::format("{0} in version \"{1}\" cannot be handled as a {0}: {2}", write.kind,
                                                write.version, decoded.error())));
}

ApiResult<Decoded> decode_object(const Write& write, const json& object, FieldValidation validation) {
  // A patch may not turn the object into another kind; a custom resource's is checked with its fields.
  const bool same = text(object, {"kind"}) == write.kind && text(object, {"apiVersion"}) == api_version(write);
  auto decoded = same || schema_for(write).custom
                     ? decode(write, Json(object), validation)
                     : tl::expected<Decoded, std::string>(tl::unexpected(std::string("another kind or version")));
  if (!decoded) return tl::unexpected(invalid("", "", "", {{"FieldValueInvalid", decoded.error(), "patch"}}));
  return std::move(*decoded);
}

ApiResult<json> decode_apply(const std::string& body) { return tree_of(read_yaml(body)); }

ApiResult<json> decode_patch(PatchKind kind, const std::string& body) {
  return tree_of(read_json(body), kind == PatchKind::operations);
}

ApiResult<json> parse_body(const std::string& body, bool yaml) { return yaml ? read_yaml(body) : read_json(body); }

}  // namespace mesh::simulator
