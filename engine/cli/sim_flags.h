#pragma once

#include <optional>
#include <string>

#include "engine/cli/options.h"

namespace CLI {
class App;
}

namespace mesh::cli {

/// The commands below `mesh sim`, and their flags.
void sim_flags(CLI::App& app, Options& options);

/// What is wrong with the flags as a whole: those that say nothing beside others.
std::optional<std::string> misuse_of(const SimOptions& options);

}  // namespace mesh::cli
