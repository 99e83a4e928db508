#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace mesh::simulator {

/// Whether more than apiVersion changes between two versions of a kind.
bool needs_conversion(const std::string& kind, const std::string& from, const std::string& to);

/// The object in another version of its kind: HorizontalPodAutoscaler changes shape between v1 and v2, all others keep
/// it.
nlohmann::json converted(nlohmann::json object, const std::string& to);

}  // namespace mesh::simulator
