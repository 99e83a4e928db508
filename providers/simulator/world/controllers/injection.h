#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "providers/simulator/surface/objects.h"
#include "providers/simulator/world/traffic/control_plane.h"

namespace mesh::simulator::world {

/// Whether and by whom a new pod is injected (F 6.7).
struct Injection {
  /// Empty: no webhook of an injector takes the pod.
  std::string webhook;
  std::string revision;
};
/// `pod` is the pod as it is about to be created in the namespace `space`.
Injection injection_of(const Objects& objects, const std::string& space, const nlohmann::json& pod);

/// The pod with its sidecar, or as a gateway: image `auto` replaced, the network in place, the marks that peers look
/// at.
nlohmann::json injected(nlohmann::json pod, const ControlPlane& plane);

}  // namespace mesh::simulator::world
