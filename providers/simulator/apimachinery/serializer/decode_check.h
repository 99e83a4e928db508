#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/simulator/apimachinery/schema/schema.h"

namespace mesh::simulator {

/// What reading a tree into the server's types finds.
struct DecodeFindings {
  /// The first wrong type in the server's words; empty: none.
  std::string error;
  /// `unknown field "spec.replica"`, in the order of the text.
  std::vector<std::string> unknown;
};
DecodeFindings check_decode(const Schema& schema, const nlohmann::ordered_json& value);

/// What turning a tree into the server's types without reading a text (a merged apply, a strategic patch) stumbles
/// over; empty: nothing. Source: the words of the server's unstructured converter.
std::string convert_error(const Schema& schema, const nlohmann::json& value);

/// The server's words for what is no quantity.
const char* quantity_error();

/// Why a text is no base64, as Go words it; empty: it is.
std::string base64_error(const std::string& text);

}  // namespace mesh::simulator
