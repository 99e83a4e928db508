#pragma once

#include "engine/cli/options.h"

namespace CLI {
class App;
}

namespace mesh::cli {

/// The commands below `mesh sim`, and their flags.
void sim_flags(CLI::App& app, Options& options);

}  // namespace mesh::cli
