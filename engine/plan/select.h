#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/desired_state.h"
#include "engine/model/plan.h"

namespace mesh {

/// Whether some glob of `only` covers the address (all do, when it is empty) and none of `exclude`.
bool is_chosen(const Address& address, const std::vector<std::string>& only, const std::vector<std::string>& exclude);

/// The actions that are chosen.
/// Errors: no_such_address for each glob that covers no action at all, with the nearest address as hint.
Result<std::vector<const DesiredAction*>> select_actions(const std::vector<DesiredAction>& actions,
                                                         const std::vector<std::string>& only,
                                                         const std::vector<std::string>& exclude);

/// A warning where the globs leave no action of the mesh at all: each covers something, but together they are empty.
Diagnostics nothing_chosen(const Plan& plan);
Diagnostics nothing_chosen(const std::vector<std::string>& only, const std::vector<std::string>& exclude);

/// Whether the globs leave anything of the cluster, as far as they name clusters.
bool leaves_any_of(const std::string& cluster, const std::vector<std::string>& only,
                   const std::vector<std::string>& exclude);

}  // namespace mesh
