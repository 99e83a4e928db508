#pragma once

#include "providers/istio/desired/member_inputs.h"

namespace mesh::istio {

/// Which services the gateway opens to other clusters.
DesiredAction expose_action(const MemberInputs& member);

}  // namespace mesh::istio
