#include <fmt/format.h>
#include <fmt/ostream.h>

#include "engine/cli/commands.h"

namespace mesh::cli {

int cmd_version(const Options& options, Env& env) {
  if (options.format == Format::json) {
    fmt::print(env.out,
               "{{\"format\": \"mesh.version/v1\", \"version\": \"{}\", \"compiler\": \"{}\", \"build\": \"{}\"}}\n",
               MESH_VERSION, MESH_COMPILER, MESH_BUILD_TYPE);
  } else {
    fmt::print(env.out, "mesh {}\ncompiler {}\nbuild {}\n", MESH_VERSION, MESH_COMPILER, MESH_BUILD_TYPE);
  }
  return exit_done;
}

}  // namespace mesh::cli
