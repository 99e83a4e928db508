#pragma once

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/cli/sim/sim_options.h"
#include "engine/model/spec.h"

namespace mesh::cli {

/// The spec of a file; `text`: of an earlier version of it, which is taken instead. Errors: those of the spec.
Result<Spec> spec_of_file(const std::string& file, const std::optional<std::string>& text = std::nullopt);

/// The mesh that the simulated clusters are for: the one of `--spec`, or clusters c1 to cN. Kubeconfigs are
/// NAME.kubeconfig beside the spec, and API servers on loopback are allowed. `text`: as above. Errors: those of the
/// spec; usage.
Result<Spec> simulated_spec(const SimOptions& options, const std::optional<std::string>& text = std::nullopt);

/// The same as a mesh.toml.
std::string spec_text(const Spec& spec);

}  // namespace mesh::cli
