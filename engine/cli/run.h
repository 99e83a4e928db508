#pragma once

#include <string>
#include <vector>

#include "engine/workspace/env.h"

namespace mesh::cli {

/// Parses the arguments (without the program's name) and runs the command. Returns the exit code; 64 for wrong usage.
int run(const std::vector<std::string>& arguments, Env& env);

}  // namespace mesh::cli
