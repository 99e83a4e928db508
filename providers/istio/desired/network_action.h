#pragma once

#include <optional>
#include <string>

#include "providers/istio/desired/member_inputs.h"

namespace mesh::istio {

/// The label of the system namespace that says its network. `presence` of the inputs: whether it should be there.
DesiredAction network_action(const MemberInputs& member);

/// The other mesh whose objects stand in the cluster where none of this one does. All meshes write under one name as
/// field manager, and the namespace says of none that it is its own: what stands there tells.
std::optional<std::string> other_mesh_in(const MemberInputs& member);
/// Error: belongs_to_other_mesh.
Diagnostic network_of_other_mesh(const MemberInputs& member, const std::string& other);

}  // namespace mesh::istio
