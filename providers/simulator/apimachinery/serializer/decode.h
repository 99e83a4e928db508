#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apimachinery/managedfields/write.h"

namespace mesh::simulator {

/// The query parameter fieldValidation; without it the server warns.
enum class FieldValidation { ignore, warn, strict };

/// A request's object as the server understands it.
struct Decoded {
  nlohmann::json object;
  /// For `Warning: 299 - "…"` headers, in order.
  std::vector<std::string> warnings;
};

/// Reads the body of a create or update: known fields alone, in their stored form (zero values dropped, quantities
/// canonical). A body without apiVersion or kind gets the ones of the request.
/// Errors: 400 for malformed text, wrong types, another kind and, when strict, unknown fields.
ApiResult<Decoded> decode_object(const Write& write, const std::string& body, FieldValidation validation,
                                 bool yaml = false);

/// The same for the result of a patch. Errors: 422 with the cause `patch`, as the server answers for patches.
ApiResult<Decoded> decode_object(const Write& write, const nlohmann::json& object, FieldValidation validation);

/// The body of a server-side apply, in JSON or YAML. Errors: 400 for what is not an object.
ApiResult<nlohmann::json> decode_apply(const std::string& body);

/// The body of a patch: an object, or a list for JSON patches. Errors: 400 for another body.
enum class PatchKind { operations, merge, strategic };
ApiResult<nlohmann::json> decode_patch(PatchKind kind, const std::string& body);

/// Any JSON or YAML body (YAML as server-side apply takes it); 400 when it is neither.
ApiResult<nlohmann::json> parse_body(const std::string& body, bool yaml);

}  // namespace mesh::simulator
