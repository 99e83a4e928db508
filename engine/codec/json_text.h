#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "engine/base/result.h"

namespace mesh {

/// The value of a JSON text (RFC 8259). Errors: syntax_error with line and column; duplicate_key at the second
/// occurrence. Nesting deeper than 200 is a syntax error, so that nothing later recurses without end.
Result<nlohmann::json> parse_json(const std::string& bytes, const std::string& file_name);

/// As every document is written: two spaces, one newline at the end; bytes that are no UTF-8 become U+FFFD.
std::string json_text(const nlohmann::ordered_json& document);

}  // namespace mesh
