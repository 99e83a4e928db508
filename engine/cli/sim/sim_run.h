#pragma once

#include <string>
#include <vector>

#include "engine/cli/sim/sim_env.h"

namespace mesh::cli {

/// `mesh sim` with the words after it. Returns the exit code; that of `run` is its command's.
int run_sim(const std::vector<std::string>& arguments, SimEnv& env);

}  // namespace mesh::cli
