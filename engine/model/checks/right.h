#pragma once

#include <compare>
#include <string>

namespace mesh {

/// One thing that an account may do to resources of a cluster, in the words of Kubernetes' roles.
struct Right {
  std::string verb = {};
  /// Empty: the core group.
  std::string group = {};
  std::string resource = {};
  /// Empty: a resource of the whole cluster, or a list over all namespaces.
  std::string ns = {};

  auto operator<=>(const Right&) const = default;
};

/// `patch deployments.apps in istio-system`.
std::string to_string(const Right& right);

}  // namespace mesh
