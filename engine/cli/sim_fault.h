#pragma once

#include "engine/cli/options.h"
#include "engine/workspace/env.h"

namespace mesh::cli {

/// `mesh sim fault list|add|clear`: asks the running simulator of a folder. Returns the exit code.
int sim_fault(const Options& options, Env& env);

}  // namespace mesh::cli
