#pragma once

#include <optional>
#include <string>

#include "engine/cli/sim/sim_options.h"

namespace CLI {
class App;
}

namespace mesh::cli {

/// The commands below `mesh sim`, and their flags.
void sim_flags(CLI::App& app, SimOptions& options);

/// What is wrong with the flags as a whole: those that have no meaning beside others.
std::optional<std::string> misuse_of(const SimOptions& options);

}  // namespace mesh::cli
