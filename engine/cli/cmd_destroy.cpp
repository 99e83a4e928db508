#include "engine/cli/commands.h"

namespace mesh::cli {

int cmd_destroy(const Options& options, Env& env) {
  return plan_and_apply("Destroy all of this?", Intent::destroy, options, env);
}

}  // namespace mesh::cli
