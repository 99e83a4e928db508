#include "providers/simulator/fields/strategy.h"

namespace mesh::simulator {

void prepare_for_create(const Write&, nlohmann::json&) {}

void prepare_for_update(const Write&, const nlohmann::json&, nlohmann::json&) {}

}  // namespace mesh::simulator
