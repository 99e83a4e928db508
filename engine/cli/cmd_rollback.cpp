#include <fmt/ostream.h>

#include "engine/base/shell_word.h"
#include "engine/cli/commands.h"

namespace mesh::cli {

int cmd_rollback(const Options& options, Env& env) {
  const int code = plan_and_apply("Go back to this?", Intent::apply, options, env);
  if (code == exit_done || code == exit_incomplete) {
    // Whoever comes next plans from the file.
    fmt::print(env.err,
               "{} is as it was: the next plan goes forward again, unless you put the spec of that snapshot there "
               "(spec.toml in its commit).\n",
               shell_word(options.spec_file));
  }
  return code;
}

}  // namespace mesh::cli
