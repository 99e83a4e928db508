#include <fmt/format.h>
#include <fmt/ostream.h>

#include "engine/cli/commands.h"

namespace mesh::cli {

int cmd_validate(const Options& options, Env& env) {
  const auto spec = read_spec(options.spec_file);
  if (!spec) return console_of(options, env).fail(spec.error());
  std::size_t discoveries = 0;
  for (const auto& [name, cluster] : spec->clusters) discoveries += cluster.peers.size();
  fmt::print(env.out, "{} is valid: mesh {} with {} clusters and {} discovery paths.\n", options.spec_file,
             spec->mesh.name, spec->clusters.size(), discoveries);
  return exit_done;
}

}  // namespace mesh::cli
