#pragma once

#include <nlohmann/json.hpp>

#include "providers/istio/desired/member_inputs.h"

namespace mesh::istio {

/// The selector's matchLabels of the gateway's Deployment. It cannot be changed, so that of an existing Deployment is
/// kept (Istio's old chart selects on the network as well, istio-facts 1.1), unless pods as we want them cannot carry
/// it: other names, expressions, or a network that is now called otherwise. Then ours is desired, and the Deployment is
/// replaced.
nlohmann::json gateway_pod_selector(const MemberInputs& member);

/// The pod template; its labels are ours and those that the selector asks for.
nlohmann::json gateway_pod_template(const MemberInputs& member, const nlohmann::json& selector);

/// Forbids in the Deployment what keeps the injector away from its pods, or makes another program or identity of them
/// (istio-facts 11).
void forbid_in_gateway_pod(DesiredObject& deployment, const MemberInputs& member);

}  // namespace mesh::istio
