#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace mesh {

/// Numbers of nodes so that each comes after all that it depends_on; among those that are ready the one with the
/// smallest name comes first, so the order of the input does not matter. `needs[i]`: numbers of the nodes that `i`
/// depends_on. Errors: internal, naming the members of a cycle. Source: Kahn, CACM 1962.
Result<std::vector<std::size_t>> order(const std::vector<std::string_view>& names,
                                       const std::vector<std::vector<std::size_t>>& depends_on);

}  // namespace mesh
