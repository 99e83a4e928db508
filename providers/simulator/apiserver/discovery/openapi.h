#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "providers/simulator/apiserver/registry/registry.h"

namespace mesh::simulator {

/// What /openapi/v3 and /openapi/v3/... answer; nothing for other paths. kubectl reads no more of it than which query
/// parameters (dryRun, fieldValidation) the PATCH of a kind takes, so that no more stands there: no schemas.
std::optional<nlohmann::json> openapi_document(const std::string& path, const Registry& registry,
                                               const std::string& git_version);

}  // namespace mesh::simulator
