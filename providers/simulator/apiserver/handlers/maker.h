#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/managedfields/write.h"

namespace mesh::simulator {

/// What is created and never stored, a review or a request for a token, with who made which field. A body that cannot
/// be read stays as it is.
nlohmann::json with_maker(const Write& write, nlohmann::json body);

}  // namespace mesh::simulator
