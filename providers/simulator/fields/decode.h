#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/simulator/fields/api_error.h"
#include "providers/simulator/fields/write.h"

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
/// Errors: 400 for malformed text, wrong types and, when strict, unknown or duplicate fields; 400 for another kind.
ApiResult<Decoded> decode_object(const Write& write, const std::string& body, FieldValidation validation,
                                 bool yaml = false);

/// The same for an object that is already there: the result of a patch.
ApiResult<Decoded> decode_object(const Write& write, nlohmann::json object, FieldValidation validation);

/// Any JSON or YAML body (YAML as server-side apply takes it); 400 when it is neither.
ApiResult<nlohmann::json> parse_body(const std::string& body, bool yaml);

}  // namespace mesh::simulator
