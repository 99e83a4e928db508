#pragma once

#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/cli/sim_options.h"
#include "engine/model/spec.h"
#include "providers/simulator/server/fleet.h"

namespace mesh::cli {

/// The mesh that the simulated clusters are for: the one of `--spec`, or clusters c1 to cN. Kubeconfigs are
/// NAME.kubeconfig beside the spec, and API servers on loopback are allowed. `text`: of an earlier version of the spec,
/// which is taken then. Errors: those of the spec; usage.
Result<Spec> simulated_spec(const SimOptions& options, const std::optional<std::string>& text = std::nullopt);

/// The same as a mesh.toml.
std::string spec_text(const Spec& spec);

/// Clusters, faults and times. Errors: usage; those of the faults' file.
Result<simulator::FleetSettings> fleet_settings(const SimOptions& options, const Spec& spec);

}  // namespace mesh::cli
