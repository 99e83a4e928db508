#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "engine/model/spec.h"

namespace mesh::istio {

/// Clusters that are verified unless all are asked for.
inline constexpr std::size_t sample_size = 8;

/// The cluster with the most peers and, evenly spread, clusters that it has as peers; all clusters where they are no
/// more than `largest`. Sorted by name; the same for the same spec.
std::vector<std::string> sample_clusters(const Spec& spec, std::size_t largest);

}  // namespace mesh::istio
