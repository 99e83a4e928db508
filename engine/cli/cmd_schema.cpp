#include "engine/cli/commands.h"
#include "engine/schemas/schema_text.h"

namespace mesh::cli {

int cmd_schema(const Options& options, Env& env) {
  const auto text = schema_text(options.schema + ".v1");
  if (!text) {
    env.err << "mesh: no schema of that name is built in\n";
    return exit_failed;
  }
  env.out << *text;
  return exit_done;
}

}  // namespace mesh::cli
