#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/model/init/found_cluster.h"
#include "engine/model/live_state.h"

namespace mesh::testing {

/// A world as tests/golden/init/README.md describes it.
struct InitCase {
  std::string mesh_name = {};
  std::vector<FoundCluster> found = {};
};

InitCase read_init_case(const nlohmann::json& text);

/// The objects of one context, as a reading brings them.
ClusterState live_of_context(const nlohmann::json& context);

}  // namespace mesh::testing
