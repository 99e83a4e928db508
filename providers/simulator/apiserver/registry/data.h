#pragma once

#include <nlohmann/json.hpp>
#include <span>
#include <string_view>

#include "engine/schemas/schema_text.h"

namespace mesh {
/// The files of surface/data, which data/generate.py wrote.
std::span<const EmbeddedText> simulator_surface_data();
}  // namespace mesh

namespace mesh::simulator {

/// One of them, parsed: "resources", "columns", "definitions" or "rbac".
nlohmann::json surface_data(std::string_view name);

}  // namespace mesh::simulator
