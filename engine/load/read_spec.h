#pragma once

#include "engine/load/draft.h"
#include "engine/load/problems.h"
#include "engine/load/value.h"

namespace mesh {

/// Reads the whole document. Reports what is wrong with single fields and tables: unknown and missing fields, types,
/// values, and the two ways of [mesh] to say its identity.
SpecDraft read_spec(const Value& document, Problems& problems);

MeshDraft read_mesh(const Value& table, Problems& problems);
ClusterDraft read_cluster(const Member& member, Problems& problems);

/// Whether the table is [gateway] or a cluster's own, which alone may fix an address.
enum class GatewayOf { mesh, cluster };
GatewayDraft read_gateway(const Value& table, GatewayOf of, const std::string& what, Problems& problems);

}  // namespace mesh
