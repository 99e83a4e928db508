#pragma once

#include <string>

#include "engine/base/result.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// Waits until a Deployment is ready, and looks at its newest pods meanwhile: that the kubelet cannot start one because
/// no webhook injected it never reaches the Deployment's status. Errors: not_injected, with the webhook and the labels
/// that do not match; and those of Client::wait. Who may not read pods waits for the Deployment alone.
Result<void> wait_for_deployment(kubernetes::Client& client, const std::string& cluster, const ObjectId& id,
                                 const kubernetes::JudgeReadiness& judge,
                                 const std::function<void(const std::string&)>& on_change,
                                 const kubernetes::CallLimits& limits);

}  // namespace mesh::istio
