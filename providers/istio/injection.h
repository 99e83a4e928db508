#pragma once

#include <string>
#include <vector>

#include "engine/model/object.h"

namespace mesh::istio {

/// The configurations of Istio's injection webhooks, one per revision and tag.
ObjectId injection_webhooks_id();

/// Why the API server did not have a pod injected, as a sentence: which webhooks there are, and which of its labels and
/// of its namespace's labels none of them selects (istio-facts 6.7). Of a webhook that does select the pod: that its
/// call failed. `pod`: labels of the pod.
std::string why_not_injected(const std::vector<Object>& webhooks, const nlohmann::json& namespace_labels,
                             const nlohmann::json& pod_labels);

/// The container of a pod that cannot start, because no webhook put an image in the place of `auto`: the reason that
/// the kubelet gives (`ErrImagePull`). Empty: there is none.
std::string not_injected_reason(const Object& pod);

}  // namespace mesh::istio
