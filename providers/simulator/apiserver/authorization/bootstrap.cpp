#include "providers/simulator/apiserver/authorization/bootstrap.h"

#include "providers/simulator/apiserver/registry/data.h"

namespace mesh::simulator {

std::vector<nlohmann::json> bootstrap_rbac() {
  const nlohmann::json all = surface_data("rbac");
  return {all.begin(), all.end()};
}

}  // namespace mesh::simulator
