#pragma once

#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/model/wanted.h"

namespace mesh {

/// The actions that some glob of `only` covers (all, when it is empty) and none of `exclude`.
/// Errors: no_such_address for each glob that covers no action at all, with the nearest address as hint.
Result<std::vector<const WantedAction*>> select_actions(const std::vector<WantedAction>& actions,
                                                        const std::vector<std::string>& only,
                                                        const std::vector<std::string>& exclude);

/// Whether the globs leave anything of the cluster, as far as they name clusters.
bool leaves_any_of(const std::string& cluster, const std::vector<std::string>& only,
                   const std::vector<std::string>& exclude);

}  // namespace mesh
