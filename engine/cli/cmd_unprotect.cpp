#include <fmt/ostream.h>

#include "engine/cli/commands.h"
#include "engine/workspace/edit_state.h"

namespace mesh::cli {

int cmd_unprotect(const Options& options, Env& env) {
  Console console = console_of(options, env);
  Diagnostics warnings;
  const auto commit = unprotect(options.spec_file, options.cluster, warnings, env);
  if (!commit) return console.fail(commit.error());
  fmt::print(console.results(), "Cluster {} is not protected any more. Snapshot: {:.12}\n", options.cluster, *commit);
  console.print(warnings);
  return exit_done;
}

}  // namespace mesh::cli
