#include "engine/cli/sim/sim_env.h"

#include <algorithm>

#include "engine/render/render_diagnostics.h"

namespace mesh::cli {

int sim_fail(const Diagnostics& diagnostics, SimEnv& env) {
  env.err << render_diagnostics(diagnostics, env.err_color);
  const bool usage = std::any_of(diagnostics.begin(), diagnostics.end(),
                                 [](const Diagnostic& found) { return found.code == Code::usage; });
  return usage ? sim_usage : sim_failed;
}

}  // namespace mesh::cli
