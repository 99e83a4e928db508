#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/workspace/init/proposal_parts.h"

namespace mesh {
namespace {

/// What remote Secrets may call the cluster: its id, what asmcli makes of the context, istioctl's default.
std::set<std::string> keys_of(const ProposedMember& member, const SpecProposal& proposal) {
  std::string asmcli = member.found->context.name;
  std::replace_if(
      asmcli.begin(), asmcli.end(), [](char c) { return c == '_' || c == '.' || c == '@' || c == ':'; }, '-');
  std::set<std::string> keys = {proposal.spec.clusters.at(member.name).id,
                                member.plane->cluster_id,
                                member.plane->injector_cluster_id,
                                member.found->context.name,
                                member.found->uid,
                                asmcli};
  keys.erase("");
  keys.erase(unnamed_cluster);
  return keys;
}

struct KnownPeers {
  /// By name, with the Secrets that lead there: `SECRET` by the key in it.
  std::map<std::string, std::map<std::string, std::string>> secrets;
};

KnownPeers known_peers(const ProposedMember& member, const std::vector<ProposedMember>& members,
                       const SpecProposal& proposal) {
  KnownPeers known;
  for (const ProposedMember& peer : members) {
    if (peer.name == member.name) continue;
    const std::set<std::string> keys = keys_of(peer, proposal);
    for (const FoundRemoteSecret& secret : member.found->remote_secrets) {
      for (const std::string& key : secret.keys) {
        if (keys.contains(key)) known.secrets[peer.name].emplace(key, secret.name);
      }
    }
  }
  return known;
}

std::string removal(const ProposedMember& member, const std::string& secret) {
  return fmt::format("kubectl -n {} delete secret {}", member.found->system_namespace, secret);
}

/// Whether mesh can take over what leads to the peer. Says what is in the way.
bool can_adopt(const ProposedMember& member, const std::string& peer, const std::map<std::string, std::string>& secrets,
               SpecProposal& proposal) {
  const std::string& id = proposal.spec.clusters.at(peer).id;
  const std::string key = cluster_key(member.name, "discovery.peers");
  bool adopts = true;
  for (const auto& [said, secret] : secrets) {
    if (said != id) {
      add_doubt(
          proposal, key,
          fmt::format("Secret {} registers {} as `{}`, and its id is `{}`. After the apply both are there and its "
                      "endpoints count twice: in {} run `{}`",
                      secret, peer, said, id, member.name, removal(member, secret)));
    } else if (secret != "istio-remote-secret-" + id) {
      adopts = false;
      add_doubt(
          proposal, key,
          fmt::format("Secret {} registers {} under a name that mesh cannot take over, so that this path is left as "
                      "it is. To hand it over run `{}`, then add {} to `discovery.peers`",
                      secret, peer, removal(member, secret), peer));
    }
  }
  return adopts;
}

}  // namespace

bool is_mesh(const std::vector<ProposedMember>& members, const SpecProposal& proposal) {
  return std::any_of(members.begin(), members.end(), [&](const ProposedMember& member) {
    return !known_peers(member, members, proposal).secrets.empty();
  });
}

void propose_peers(const std::vector<ProposedMember>& members, SpecProposal& proposal) {
  const bool exists = is_mesh(members, proposal);
  for (const ProposedMember& member : members) {
    const KnownPeers known = known_peers(member, members, proposal);
    std::vector<std::string>& peers = proposal.spec.clusters.at(member.name).peers;
    for (const ProposedMember& peer : members) {
      if (peer.name == member.name) continue;
      const auto secrets = known.secrets.find(peer.name);
      if (secrets == known.secrets.end() ? !exists : can_adopt(member, peer.name, secrets->second, proposal)) {
        peers.push_back(peer.name);
      }
    }
    std::sort(peers.begin(), peers.end());
    if (peers.size() + 1 == members.size()) continue;
    add_source(proposal, cluster_key(member.name, "discovery.peers"),
               "those of its remote Secrets; without this line all other clusters");
  }
}

}  // namespace mesh
