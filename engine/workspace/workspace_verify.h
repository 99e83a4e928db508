#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/model/checks/verification.h"
#include "engine/workspace/console.h"
#include "engine/workspace/env.h"
#include "engine/workspace/open_log.h"
#include "providers/istio/verification/verify_mesh.h"

namespace mesh {

/// Verifies the mesh of the spec; what happens meanwhile is told line by line on the console. Errors: those of
/// read_spec and open_log.
Result<Verification> verify_workspace(const std::string& spec_file, const LogRequest& log, istio::VerifyRequest request,
                                      Console& console, Env& env);

}  // namespace mesh
