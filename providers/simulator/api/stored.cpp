#include "providers/simulator/api/stored.h"

#include <nlohmann/json.hpp>

namespace mesh::simulator {

nlohmann::json Stored::json() const { return nlohmann::json::parse(text); }

}  // namespace mesh::simulator
