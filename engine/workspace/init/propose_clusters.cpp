#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "engine/load/check_addresses.h"
#include "engine/load/check_names.h"
#include "engine/model/undialable.h"
#include "engine/workspace/init/proposal_parts.h"

namespace mesh {
namespace {

constexpr std::size_t longest_id = 63;

std::string usual_id(const MeshSpec& mesh, const std::string& name) {
  return mesh.fleet_project ? fmt::format("cn-{}-global-{}", *mesh.fleet_project, name) : name;
}

/// Where a network can be read, most binding first: pods get theirs from the injector, which mesh does not write.
struct NetworkReading {
  const char* place;
  std::string network;
};

std::vector<NetworkReading> networks_read(const ProposedMember& member) {
  std::vector<NetworkReading> read = {{"the injector's global.network", member.plane->injector_network},
                                      {"label of the namespace", member.found->network_label}};
  if (const auto& gateway = member.found->gateway) {
    read.push_back({"label of the gateway's Service", gateway->service_network});
    read.push_back({"selector of the gateway's Deployment", gateway->selector_network});
  }
  return read;
}

void propose_network(const ProposedMember& member, SpecProposal& proposal) {
  const std::string key = cluster_key(member.name, "network");
  std::string& network = proposal.spec.clusters.at(member.name).network;
  network = member.name;
  std::vector<std::string> said;
  std::set<std::string> different;
  for (const auto& [place, text] : networks_read(member)) {
    if (text.empty()) continue;
    if (said.empty() && !check_label_value(text)) {
      network = text;
      add_source(proposal, key, place);
    }
    said.push_back(fmt::format("{} is {}", place, text));
    different.insert(text);
  }
  if (different.size() > 1) {
    add_doubt(
        proposal, key,
        fmt::format("these disagree: {}. Pods have what the injector says; mesh sets the labels to the value here",
                    fmt::join(said, ", ")));
  }
  if (member.plane->injector_network.empty() && !different.empty()) {
    add_doubt(
        proposal, key,
        fmt::format("the injector of {} has no global.network: its pods would take remote addresses for local ones. "
                    "Set it to this value when you reinstall the control plane, and restart the injected pods",
                    member.plane->deployment));
  } else if (different.empty()) {
    add_doubt(
        proposal, key,
        fmt::format("nothing names a network. Set `global.network` of the injector of {} to this value, and restart "
                    "the injected pods",
                    member.plane->deployment));
  }
}

bool has_gateway(const std::vector<const ProposedMember*>& members) {
  return std::any_of(members.begin(), members.end(), [](const auto* member) { return member->found->gateway; });
}

std::map<std::string, std::vector<const ProposedMember*>> by_network(const std::vector<ProposedMember>& members,
                                                                     const SpecProposal& proposal) {
  std::map<std::string, std::vector<const ProposedMember*>> groups;
  for (const ProposedMember& member : members) {
    groups[proposal.spec.clusters.at(member.name).network].push_back(&member);
  }
  std::erase_if(groups, [](const auto& group) { return group.second.size() < 2; });
  return groups;
}

std::string names_of(const std::vector<const ProposedMember*>& members) {
  std::vector<std::string> names;
  for (const ProposedMember* member : members) names.push_back(member->name);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// istiod sends each other's pod addresses to clusters of one network, and never uses the gateways (istio-facts 2).
void keep_flat(const std::string& network, const std::vector<const ProposedMember*>& members, SpecProposal& proposal) {
  proposal.spec.mesh.flat_networks.insert(network);
  add_doubt(
      proposal, "mesh.flat_networks",
      fmt::format("{} are all on network `{}`, so that their gateways are not used: that works only where pods of one "
                  "reach those of the other directly. If they do not, give each control plane a network of its own "
                  "(global.network), restart the injected pods, and write those networks below",
                  names_of(members), network));
}

void separate(const std::string& network, const std::vector<const ProposedMember*>& members, SpecProposal& proposal) {
  for (const ProposedMember* member : members) {
    const std::string key = cluster_key(member->name, "network");
    proposal.spec.clusters.at(member->name).network = member->name;
    proposal.remarks.erase(key);
    add_doubt(proposal, key,
              fmt::format("{} all say network `{}`, with which the gateways would never be used. Install {} with "
                          "global.network={} before you apply; or, if their pods reach each other directly, write `{}` "
                          "here and add it to mesh.flat_networks",
                          names_of(members), network, member->plane->deployment, member->name, network));
  }
}

}  // namespace

void propose_ids(const std::vector<ProposedMember>& members, SpecProposal& proposal) {
  for (const ProposedMember& member : members) {
    const std::string key = cluster_key(member.name, "id");
    std::string& id = proposal.spec.clusters.at(member.name).id;
    const std::string& said =
        member.plane->cluster_id.empty() ? member.plane->injector_cluster_id : member.plane->cluster_id;
    id = usual_id(proposal.spec.mesh, member.name);
    if (id.size() > longest_id) id = member.name;
    if (!check_dns_label(said)) {
      id = said;
      add_source(proposal, key, fmt::format("CLUSTER_ID of {}", member.plane->deployment));
    } else {
      add_doubt(proposal, key,
                fmt::format("{} {}: reinstall the control plane with this value as `global.multiCluster.clusterName`",
                            member.plane->deployment,
                            said.empty() ? std::string("says no CLUSTER_ID")
                            : said == unnamed_cluster
                                ? std::string("has CLUSTER_ID `Kubernetes`, the installer's default")
                                : fmt::format("has CLUSTER_ID `{}`, which cannot name a Secret", said)));
    }
    const std::string& injected = member.plane->injector_cluster_id;
    if (injected.empty() || injected == said) continue;
    add_doubt(proposal, key,
              fmt::format("CLUSTER_ID of {} is `{}`, and its injector says `{}`: reinstall the control plane with one",
                          member.plane->deployment, said, injected));
  }
}

void propose_networks(const std::vector<ProposedMember>& members, SpecProposal& proposal) {
  for (const ProposedMember& member : members) propose_network(member, proposal);
  const bool exists = is_mesh(members, proposal);
  for (const auto& [network, group] : by_network(members, proposal)) {
    if (!exists && !has_gateway(group)) separate(network, group, proposal);
  }
  // A name may be the network of another cluster.
  for (const auto& [network, group] : by_network(members, proposal)) keep_flat(network, group, proposal);
}

void propose_api_servers(const std::vector<ProposedMember>& members, SpecProposal& proposal) {
  bool local = true;
  std::vector<const ProposedMember*> hidden;
  for (const ProposedMember& member : members) {
    std::string dialled = member.found->context.server;
    for (const ProposedMember& other : members) {
      for (const FoundRemoteSecret& secret : other.found->remote_secrets) {
        if (secret.peer != member.name || secret.mesh != proposal.spec.mesh.name || secret.server.empty()) continue;
        dialled = secret.server;
      }
    }
    const bool remembered = dialled != member.found->context.server && !check_api_server(dialled);
    if (remembered) {
      proposal.spec.clusters.at(member.name).api_server = dialled;
      add_source(proposal, cluster_key(member.name, "api_server"), "in the remote Secrets of its peers");
    }
    if (!undialable(dialled)) continue;
    hidden.push_back(&member);
    // What mesh wrote so was allowed before.
    const bool was_allowed = member.found->meshes.contains(proposal.spec.mesh.name);
    local = local && (member.found->simulated || was_allowed);
  }
  if (hidden.empty()) return;
  MeshSpec& mesh = proposal.spec.mesh;
  mesh.local_api_servers = local;
  if (local) {
    add_source(proposal, "mesh.local_api_servers",
               "simulated, or applied so before: real clusters cannot dial loopback");
    return;
  }
  for (const ProposedMember* member : hidden) {
    ClusterSpec& cluster = proposal.spec.clusters.at(member->name);
    cluster.api_server.reset();
    const std::string key = cluster_key(member->name, "api_server");
    proposal.remarks.erase(key);
    proposal.offers[key] = "https://ADDRESS:6443";
    add_doubt(proposal, key,
              fmt::format("the other clusters cannot dial the server of the kubeconfig: {}. Write the address at which "
                          "they reach this API server; for simulated clusters and tests set `local_api_servers = true` "
                          "in [mesh]",
                          undialable(member->found->context.server).value_or("it is not known")));
  }
}

}  // namespace mesh
