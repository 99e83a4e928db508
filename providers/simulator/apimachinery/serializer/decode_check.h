#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/simulator/apimachinery/schema/schema.h"

namespace mesh::simulator {

/// What reading a tree into the server's types finds.
struct DecodeFindings {
  /// The first value of a wrong type; empty: none.
  std::string error;
  /// `unknown field "spec.replica"`, in the order of the text.
  std::vector<std::string> unknown;
};
DecodeFindings check_decode(const Schema& schema, const nlohmann::ordered_json& value);

}  // namespace mesh::simulator
