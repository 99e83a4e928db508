#include "providers/istio/inspect/guess_platform.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace mesh::istio {
namespace {

constexpr const char* gke_aws = "gke-aws";
constexpr const char* gke_azure = "gke-azure";

struct Sign {
  std::string_view text;
  const char* platform;
};

// In order: what is said of the nodes of one vendor by another (GKE on AWS) comes before the vendor's own.
constexpr auto label_prefixes = std::to_array<Sign>({
    {"baremetal.cluster.gke.io/", "gdc-bare-metal"},
    {"onprem.gke.io/", "gke-vmware"},
    {"node.openshift.io/", "openshift"},
    {"eks.amazonaws.com/", "eks"},
    {"alpha.eksctl.io/", "eks"},
    {"kubernetes.azure.com/", "aks"},
});

constexpr auto provider_prefixes = std::to_array<Sign>({
    {"baremetal://", "gdc-bare-metal"},
    {"k3s://", "k3s"},
    {"gce://", "gke"},
});

constexpr auto version_parts = std::to_array<Sign>({{"-eks-", "eks"}, {"+k3s", "k3s"}});

constexpr auto daemons =
    std::to_array<Sign>({{"aws-node", "eks"}, {"azure-cns", "aks"}, {"cloud-node-manager", "aks"}});

constexpr auto host_parts =
    std::to_array<Sign>({{".eks.amazonaws.com", "eks"}, {".azmk8s.io", "aks"}, {".openshiftapps.com", "openshift"}});

bool has_label(const PlatformSigns& signs, std::string_view prefix) {
  const auto found = signs.node_labels.lower_bound(std::string(prefix));
  return found != signs.node_labels.end() && found->first.starts_with(prefix);
}

std::optional<FoundPlatform> by_nodes(const PlatformSigns& signs) {
  const auto provider = [&](const char* platform) {
    return FoundPlatform{platform, fmt::format("providerID of node {} is {}", signs.node, signs.provider_id), true};
  };
  // The label of a GKE node pool is on nodes of every cloud that GKE runs on.
  if (has_label(signs, "cloud.google.com/gke-nodepool")) {
    if (signs.provider_id.starts_with("aws://")) return provider(gke_aws);
    if (signs.provider_id.starts_with("azure://")) return provider(gke_azure);
    if (signs.provider_id.starts_with("vsphere://")) return provider("gke-vmware");
  }
  for (const auto& [prefix, platform] : label_prefixes) {
    if (!has_label(signs, prefix)) continue;
    const std::string label = signs.node_labels.lower_bound(std::string(prefix))->first;
    return FoundPlatform{platform, fmt::format("node {} has label {}", signs.node, label), true};
  }
  for (const auto& [prefix, platform] : provider_prefixes) {
    if (signs.provider_id.starts_with(prefix)) return provider(platform);
  }
  const auto type = signs.node_labels.find("node.kubernetes.io/instance-type");
  if (type != signs.node_labels.end() && type->second == "k3s") {
    return FoundPlatform{"k3s", fmt::format("instance type of node {} is k3s", signs.node), true};
  }
  return std::nullopt;
}

std::optional<FoundPlatform> by_system(const PlatformSigns& signs) {
  for (const auto& [part, platform] : version_parts) {
    if (signs.server_version.find(part) == std::string::npos) continue;
    return FoundPlatform{platform, fmt::format("the API server's version is {}", signs.server_version), true};
  }
  for (const auto& [name, platform] : daemons) {
    if (std::find(signs.daemon_sets.begin(), signs.daemon_sets.end(), name) == signs.daemon_sets.end()) continue;
    return FoundPlatform{platform, fmt::format("kube-system has DaemonSet {}", name), false};
  }
  return std::nullopt;
}

std::optional<FoundPlatform> by_login(const PlatformSigns& signs) {
  const std::string& login = signs.login;
  const auto says = [&](std::string_view word) { return login.find(word) != std::string::npos; };
  const auto guess = [](const char* platform, const char* plugin) {
    return FoundPlatform{platform, fmt::format("the kubeconfig logs in with {}", plugin), false};
  };
  if (says("gcloud") && says(" aws")) return guess(gke_aws, "gcloud for AWS");
  if (says("gcloud") && says(" azure")) return guess(gke_azure, "gcloud for Azure");
  if (says("aws-iam-authenticator")) return guess("eks", "aws-iam-authenticator");
  if (says("aws") && says("eks")) return guess("eks", "`aws eks get-token`");
  if (says("kubelogin")) return guess("aks", "kubelogin");
  if (says("gke-gcloud-auth-plugin")) return guess("gke", "gke-gcloud-auth-plugin");
  return std::nullopt;
}

/// Clouds alone, without what their Kubernetes service adds.
std::optional<FoundPlatform> by_cloud(const PlatformSigns& signs) {
  for (const auto& [prefix, platform] : std::to_array<Sign>({{"aws://", "eks"}, {"azure://", "aks"}})) {
    if (!signs.provider_id.starts_with(prefix)) continue;
    return FoundPlatform{platform, fmt::format("providerID of node {} is {}", signs.node, signs.provider_id), false};
  }
  return std::nullopt;
}

}  // namespace

FoundPlatform guess_platform(const PlatformSigns& signs) {
  if (auto found = by_nodes(signs)) return *found;
  if (auto found = by_system(signs)) return *found;
  for (const auto& [part, platform] : host_parts) {
    if (signs.server.find(part) == std::string::npos) continue;
    return {platform, fmt::format("its API server is {}", signs.server), false};
  }
  // The login tells GKE on AWS from EKS, which the cloud alone cannot.
  if (auto found = by_login(signs)) return *found;
  if (auto found = by_cloud(signs)) return *found;
  return {};
}

}  // namespace mesh::istio
