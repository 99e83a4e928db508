#include "engine/model/cluster_uids.h"

#include <fmt/format.h>

namespace mesh {

SameCluster same_cluster(const ClusterUids& one, const ClusterUids& other) {
  const auto answer = [](bool equal) { return equal ? SameCluster::yes : SameCluster::no; };
  const auto mine = one.find(kube_system_namespace);
  const auto theirs = other.find(kube_system_namespace);
  if (mine != one.end() && theirs != other.end()) return answer(mine->second == theirs->second);
  for (const auto& [ns, uid] : one) {
    if (const auto found = other.find(ns); found != other.end()) return answer(uid == found->second);
  }
  return SameCluster::unknown;
}

std::string to_string(const ClusterUids& uids) {
  if (uids.empty()) return "its uid is not known";
  const auto first = uids.find(kube_system_namespace);
  const auto& [ns, uid] = first != uids.end() ? *first : *uids.begin();
  return fmt::format("namespace {} has uid {}", ns, uid);
}

}  // namespace mesh
