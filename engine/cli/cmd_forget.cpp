#include <fmt/ostream.h>

#include "engine/cli/commands.h"
#include "engine/workspace/edit_state.h"

namespace mesh::cli {

int cmd_forget(const Options& options, Env& env) {
  Console console = console_of(options, env);
  Diagnostics warnings;
  const auto commit = forget(options.spec_file, options.cluster, warnings, env);
  if (!commit) return console.fail(commit.error());
  fmt::print(console.results(),
             "Cluster {} is forgotten: what mesh made in it, if it is still there, is not removed any more. "
             "Snapshot: {:.12}\n",
             options.cluster, *commit);
  console.print(warnings);
  return exit_done;
}

}  // namespace mesh::cli
