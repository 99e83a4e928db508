#pragma once

#include <set>
#include <string>

namespace mesh {

/// A cluster's name after its context: the part that names the cluster in what gcloud, aws, eksctl and kubeadm write,
/// as a DNS label. Where `taken` has it, the whole context; then with a number.
std::string cluster_name(const std::string& context, const std::set<std::string>& taken);

}  // namespace mesh
