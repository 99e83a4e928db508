#include "providers/simulator/controllers/nodes.h"

#include <fmt/format.h>

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// Nodes of clouds are seen from outside, those of a data centre are not (istio-facts 3).
bool has_public_nodes(const std::string& platform) { return platform != "gke-vmware" && platform != "gdc-bare-metal"; }

std::string provider_of(const std::string& platform, const std::string& node) {
  if (platform == "eks" || platform == "gke-aws") return fmt::format("aws:///{}", node);
  if (platform == "aks" || platform == "gke-azure") return fmt::format("azure:///{}", node);
  return fmt::format("simulated://{}", node);
}

json condition(const char* type, bool value, const char* reason, const char* message, const std::string& now) {
  return {{"type", type},       {"status", value ? "True" : "False"}, {"reason", reason},
          {"message", message}, {"lastHeartbeatTime", now},           {"lastTransitionTime", now}};
}

json status_of(const ClusterContext& context, std::size_t i) {
  const std::string now = context.now_text();
  json addresses = json::array({{{"type", "InternalIP"}, {"address", context.node_address(i)}},
                                {{"type", "Hostname"}, {"address", context.node_name(i)}}});
  if (has_public_nodes(context.settings.platform.name)) {
    addresses.push_back(
        {{"type", "ExternalIP"}, {"address", fmt::format("203.0.{}.{}", context.settings.number % 256, i + 10)}});
  }
  const json sizes = {{"cpu", "4"}, {"memory", "16Gi"}, {"pods", "110"}};
  return {
      {"addresses", std::move(addresses)},
      {"capacity", sizes},
      {"allocatable", sizes},
      {"conditions", json::array({condition("MemoryPressure", false, "KubeletHasSufficientMemory",
                                            "kubelet has sufficient memory available", now),
                                  condition("Ready", true, "KubeletReady", "kubelet is posting ready status", now)})},
      {"nodeInfo",
       {{"architecture", "amd64"},
        {"bootID", ""},
        {"containerRuntimeVersion", "containerd://1.7.27"},
        {"kernelVersion", "6.1.0"},
        {"kubeProxyVersion", context.api.settings().git_version},
        {"kubeletVersion", context.api.settings().git_version},
        {"machineID", ""},
        {"operatingSystem", "linux"},
        {"osImage", "Debian GNU/Linux 12 (bookworm)"},
        {"systemUUID", ""}}}};
}

}  // namespace

void create_nodes(ClusterContext& context) {
  for (int i = 0; i < context.settings.nodes; ++i) {
    const auto ordinal = static_cast<std::size_t>(i);
    const std::string name = context.node_name(ordinal);
    if (context.api.find("nodes", "", name) != nullptr) continue;
    const json labels = {
        {"kubernetes.io/hostname", name},
        {"kubernetes.io/os", "linux"},
        {"kubernetes.io/arch", "amd64"},
        {"topology.kubernetes.io/region", context.settings.name},
        {"topology.kubernetes.io/zone", fmt::format("{}-{}", context.settings.name, static_cast<char>('a' + i % 3))}};
    const json node = {{"apiVersion", "v1"},
                       {"kind", "Node"},
                       {"metadata", {{"name", name}, {"labels", labels}}},
                       {"spec", {{"providerID", provider_of(context.settings.platform.name, name)}}}};
    context.create(kubelet, resource::nodes, "v1", node);
    context.patch(kubelet, resource::nodes, "v1", node, {{"status", status_of(context, ordinal)}}, true);
  }
}

}  // namespace mesh::simulator
