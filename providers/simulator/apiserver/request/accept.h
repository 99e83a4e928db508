#pragma once

#include <optional>
#include <string>

namespace mesh::simulator {

/// In which form a client wants to have objects: whole, as a Table, or as PartialObjectMetadata (List).
enum class Form { object, table, partial, partial_list };

/// The first of the Accept header's choices that can be served; nothing: 406. No header is JSON. Weights are not read.
std::optional<Form> negotiate(const std::string& accept);

/// Whether aggregated discovery (apidiscovery.k8s.io/v2) is desired.
bool wants_aggregated_discovery(const std::string& accept);

}  // namespace mesh::simulator
