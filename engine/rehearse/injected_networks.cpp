#include "engine/rehearse/injected_networks.h"

#include <fmt/format.h>

#include <vector>

#include "engine/jobs/workers.h"
#include "engine/rehearse/copied_secret.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/injector.h"

namespace mesh::rehearse {
namespace {

constexpr std::chrono::seconds read_patience{10};

Diagnostic not_read(const std::string& cluster, const std::string& taken) {
  return {
      .code = Code::incomplete,
      .severity = Severity::warning,
      .where = fmt::format("cluster {}", cluster),
      .summary = "rehearsal does not know the network of the injector",
      .cause = fmt::format("its ConfigMap could not be read; pods are taken to be of network `{}`, as the namespace's "
                           "label says",
                           taken),
      .hint = "grant `get` on the ConfigMaps of the system namespace"};
}

}  // namespace

std::optional<std::string> revision_of(const ClusterState& live) {
  for (const auto& [id, object] : live.found) {
    if (id.kind != "Deployment" || text_of(object.body, "labels", "app") != "istiod") continue;
    const std::string revision = text_of(object.body, "labels", istio::revision_label);
    return revision.empty() ? istio::default_revision : revision;
  }
  return std::nullopt;
}

std::map<std::string, std::string> injected_networks(const Spec& spec, const LiveState& live,
                                                     kubernetes::ClientFactory& clients, Clock& clock,
                                                     const std::stop_token& stop, Diagnostics& warnings) {
  const std::string& ns = spec.mesh.system_namespace;
  struct Reader {
    const ClusterSpec& cluster;
    std::string revision;
    std::optional<std::string> network;
  };
  std::vector<Reader> readers;
  for (const auto& [name, cluster] : spec.clusters) {
    if (const auto revision = revision_of(live.clusters.at(name))) readers.push_back({cluster, *revision, {}});
  }
  for_each_index(readers.size(), static_cast<int>(readers.size()), [&](std::size_t at) {
    Reader& reader = readers[at];
    // Warnings of the connection were reported when the cluster was read.
    Diagnostics known;
    auto client = clients.connect(reader.cluster, {}, known);
    if (!client) return;
    reader.network =
        istio::injected_network(**client, ns, reader.revision, {.deadline = clock.now() + read_patience, .stop = stop});
  });
  std::map<std::string, std::string> networks;
  for (const auto& [cluster, revision, network] : readers) {
    const std::string& name = cluster.name;
    const auto& found = live.clusters.at(name).found;
    const auto home = found.find(istio::namespace_id(ns));
    const std::string label = home == found.end() ? "" : text_of(home->second.body, "labels", istio::network_label);
    const std::string& desired = spec.clusters.at(name).network;
    networks[name] = network ? *network : label.empty() ? desired : label;
    if (!network && networks[name] != desired) warnings.push_back(not_read(name, networks[name]));
  }
  return networks;
}

}  // namespace mesh::rehearse
