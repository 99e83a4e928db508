#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace mesh::simulator {

/// The media type in which clients written in Go send built-in kinds.
inline constexpr const char* protobuf_type = "application/vnd.kubernetes.protobuf";

/// The object of a body of that type, as JSON. Nothing when it is malformed, or its kind is not known here.
std::optional<nlohmann::json> json_of_protobuf(const std::string& body);

}  // namespace mesh::simulator
