#include "providers/simulator/fields/defaults.h"

namespace mesh::simulator {

void set_defaults(const Write&, nlohmann::json&) {}

}  // namespace mesh::simulator
