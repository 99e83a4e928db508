#pragma once

#include "engine/cli/sim/sim_env.h"
#include "engine/cli/sim/sim_options.h"

namespace mesh::cli {

/// `mesh sim fault list|add|clear`: asks the running simulator of a folder. Returns the exit code.
int sim_fault(const SimOptions& options, SimEnv& env);

}  // namespace mesh::cli
