#pragma once

#include "providers/istio/desired/member_inputs.h"

namespace mesh::istio {

/// The east-west gateway: workload, Service, autoscaler, budget.
DesiredAction gateway_action(const MemberInputs& member);

}  // namespace mesh::istio
