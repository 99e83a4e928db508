#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/model/init/found_cluster.h"

namespace mesh::istio {

/// What tells one kind of cluster from another (istio-facts 8). Empty: not known.
struct PlatformSigns {
  std::string node = {};
  std::map<std::string, std::string> node_labels = {};
  std::string provider_id = {};
  /// `v1.32.1-eks-abc`.
  std::string server_version = {};
  /// Names of DaemonSets in kube-system.
  std::vector<std::string> daemon_sets = {};
  std::string server = {};
  std::string login = {};
};

/// The platform that the strongest sign speaks for: nodes first, then the version and kube-system, the name of the API
/// server, and the login last.
FoundPlatform guess_platform(const PlatformSigns& signs);

}  // namespace mesh::istio
