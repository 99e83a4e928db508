#include "providers/istio/verification/sample.h"

#include <algorithm>

namespace mesh::istio {

std::vector<std::string> sample_clusters(const Spec& spec, std::size_t largest) {
  std::vector<std::string> names;
  const ClusterSpec* hub = nullptr;
  for (const auto& [name, cluster] : spec.clusters) {
    names.push_back(name);
    if (hub == nullptr || cluster.peers.size() > hub->peers.size()) hub = &cluster;
  }
  if (names.size() <= largest) return names;
  // Of a spec without any peers: the first ones, each of which hears itself.
  const std::vector<std::string>& others = hub->peers.empty() ? names : hub->peers;
  std::vector<std::string> chosen = {hub->name};
  const std::size_t count = std::min(largest - 1, others.size());
  for (std::size_t i = 0; i < count; ++i) chosen.push_back(others[i * others.size() / count]);
  std::sort(chosen.begin(), chosen.end());
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

}  // namespace mesh::istio
