#pragma once

#include "engine/base/result.h"
#include "engine/cli/sim/sim_options.h"
#include "engine/model/spec.h"
#include "providers/simulator/server/fleet.h"

namespace mesh::cli {

/// Clusters, faults and times. Errors: usage; those of the faults' file.
Result<simulator::FleetSettings> fleet_settings(const SimOptions& options, const Spec& spec);

}  // namespace mesh::cli
