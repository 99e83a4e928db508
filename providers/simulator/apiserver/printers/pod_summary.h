#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace mesh::simulator {

/// How `kubectl get` shows a pod.
struct PodSummary {
  /// "1/2": containers that are ready, and all of them; sidecars among the init containers count.
  std::string ready;
  /// "Running", "Terminating", "Init:0/1", "ImagePullBackOff" …
  std::string status;
};
PodSummary pod_summary(const nlohmann::json& pod);

}  // namespace mesh::simulator
