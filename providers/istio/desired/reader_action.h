#pragma once

#include "providers/istio/desired/member_inputs.h"

namespace mesh::istio {

/// Who may read the cluster for others: an account with its rights, and its token.
DesiredAction reader_action(const MemberInputs& member);

}  // namespace mesh::istio
