#include "providers/istio/desired/desired_builder.h"

#include <algorithm>
#include <set>

#include "engine/base/json.h"
#include "providers/istio/desired/expose_action.h"
#include "providers/istio/desired/foreign_secrets.h"
#include "providers/istio/desired/gateway_action.h"
#include "providers/istio/desired/leftovers.h"
#include "providers/istio/desired/mesh_members.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/desired/network_action.h"
#include "providers/istio/desired/reader_action.h"
#include "providers/istio/desired/remote_secret.h"

namespace mesh::istio {
namespace {

class DesiredBuilder {
 public:
  using Chosen = std::function<bool(const std::string& cluster)>;

  DesiredBuilder(const Spec& spec, const PlatformSet& platforms, const LiveState& live, MeshMembers members,
                 const Recorded& recorded, Chosen chosen)
      : spec_(spec),
        platforms_(platforms),
        live_(live),
        members_(std::move(members)),
        recorded_(recorded),
        chosen_(std::move(chosen)) {
    for (const auto& [name, one] : members_) {
      secrets_.emplace(name, remote_secret(spec_.mesh, *one.cluster, one.live));
    }
    // One that is gone may have had the id of one that is there: the Secret is that one's.
    for (const Presence presence : {Presence::present, Presence::absent}) {
      for (const auto& [name, one] : members_) {
        if (one.presence != presence) continue;
        names_by_id_.emplace(one.cluster->id, name);
        const auto [secret, is_its_own] = peer_by_secret_.emplace(secrets_.at(name)->id.name, name);
        if (presence == Presence::absent && is_its_own) gone_.push_back(name);
      }
    }
  }

  void compose(DesiredState& desired) {
    std::size_t count = 0;
    for (const auto& [name, one] : members_) count += 4 + one.cluster->peers.size();
    desired.actions.reserve(count);
    for (const auto& [name, one] : members_) {
      if (chosen_ && !chosen_(name)) {
        add_bare(desired, one);
        continue;
      }
      add_own_actions(desired, one);
      add_discovery(desired, one);
      judge_found(desired, one);
    }
    order_leftovers(desired);
  }

 private:
  MemberInputs member_of(const MemberState& one) const {
    const auto platform = platforms_.find(one.cluster->platform);
    return {.mesh = spec_.mesh,
            .cluster = *one.cluster,
            .platform = platform == platforms_.end() ? unknown_platform_ : platform->second,
            .live = one.answers() ? one.live : nullptr,
            .presence = one.presence,
            .revision = one.plane.revision,
            .gateway_version = one.gateway_version,
            .callers = one.callers};
  }

  void add_own_actions(DesiredState& desired, const MemberState& one) const {
    const MemberInputs member = member_of(one);
    if (one.has_network()) desired.actions.push_back(network_action(member));
    const auto other = one.presence == Presence::present ? other_mesh_in(member) : std::nullopt;
    if (other) desired.of_cluster[one.cluster->name].push_back(network_of_other_mesh(member, *other));
    if (one.has_reader()) desired.actions.push_back(reader_action(member));
    if (one.has_gateway()) desired.actions.push_back(gateway_action(member));
    if (one.has_expose()) desired.actions.push_back(expose_action(member));
  }

  /// Enough to choose by, and to say what a mistyped address may have meant.
  void add_bare(DesiredState& desired, const MemberState& one) const {
    const std::string& name = one.cluster->name;
    const auto add = [&](Address address, ActionKind kind) -> DesiredAction& {
      return desired.actions.emplace_back(
          DesiredAction{.address = std::move(address), .kind = kind, .cluster = name, .presence = one.presence});
    };
    if (one.has_network()) add(address_of(name, ActionKind::network), ActionKind::network);
    if (one.has_reader()) add(address_of(name, ActionKind::reader), ActionKind::reader);
    if (one.has_gateway()) add(address_of(name, ActionKind::gateway), ActionKind::gateway);
    if (one.has_expose()) add(address_of(name, ActionKind::expose), ActionKind::expose);
    if (!one.has_network()) return;
    for (const std::string& peer : one.cluster->peers) {
      if (members_.contains(peer)) add(discovery_address(name, peer), ActionKind::discovery).peer = peer;
    }
    // Nobody looked whether it still holds Secrets of clusters that are gone.
    if (one.presence == Presence::absent) return;
    for (const std::string& gone : gone_) {
      DesiredAction& trace = add(discovery_address(name, gone), ActionKind::discovery);
      trace.peer = gone;
      trace.presence = Presence::absent;
    }
  }

  /// What must be there before `one` discovers `peer`. For a removal: what must not go before; only actions that go
  /// as well count.
  static std::vector<Address> dependencies_of(const MemberState& one, const MemberState& peer, Presence presence) {
    std::vector<Address> depends_on;
    depends_on.reserve(3);
    const auto counts = [&](const MemberState& other) {
      return presence == Presence::present || other.presence == Presence::absent;
    };
    if (one.has_network() && counts(one)) depends_on.push_back(address_of(one.cluster->name, ActionKind::network));
    if (peer.has_reader() && counts(peer)) depends_on.push_back(address_of(peer.cluster->name, ActionKind::reader));
    if (peer.has_expose() && counts(peer)) depends_on.push_back(address_of(peer.cluster->name, ActionKind::expose));
    return depends_on;
  }

  /// What only a peer that does not answer could tell stays as it is: a plan must not take it for a difference.
  static void keep_annotations(Shared<DesiredObject>& secret, const ClusterState& live) {
    const auto found = live.found.find(secret->id);
    if (found == live.found.end()) return;
    for (const char* name : {server_annotation, ca_annotation}) {
      const nlohmann::json* now = find_field(found->second.body, {"metadata", "annotations", name});
      const nlohmann::json* desired = find_field(secret->body, {"metadata", "annotations", name});
      if (now != nullptr && desired == nullptr) secret.edit().body["metadata"]["annotations"][name] = *now;
    }
  }

  DesiredAction discovery(const MemberState& one, const MemberState& peer, Presence presence) const {
    const std::string& name = one.cluster->name;
    const std::string& peer_name = peer.cluster->name;
    DesiredAction action{.address = discovery_address(name, peer_name),
                         .kind = ActionKind::discovery,
                         .cluster = name,
                         .peer = peer_name,
                         .presence = presence,
                         .depends_on = dependencies_of(one, peer, presence)};
    action.objects.push_back(secrets_.at(peer_name));
    if (!peer.answers() && one.answers()) keep_annotations(action.objects.back(), *one.live);
    action.paths.push_back(std::string(name).append(" -> ").append(peer_name));
    return action;
  }

  void add_discovery(DesiredState& desired, const MemberState& one) const {
    if (!one.has_network()) return;
    const bool comes = one.presence == Presence::present;
    std::set<std::string> elsewhere;
    if (comes && one.answers()) elsewhere = registered_elsewhere(spec_.mesh, *one.live);
    for (const std::string& peer_name : one.cluster->peers) {
      const auto found = members_.find(peer_name);
      if (found == members_.end()) continue;
      const MemberState& peer = found->second;
      const bool is_ready = one.plane.ready && peer.has_reader() && peer.has_expose() && peer.dialable &&
                            !elsewhere.contains(peer.cluster->id);
      if (comes && !is_ready) continue;
      desired.actions.push_back(discovery(one, peer, one.presence));
    }
    if (comes && !one.answers()) add_unseen_traces(desired, one);
  }

  /// A peer of the cluster by the name of its Secret or its own; null: it is none.
  const std::string* peer_by_secret(const MemberState& one, const std::string& secret) const {
    const auto peer = peer_by_secret_.find(secret);
    return peer != peer_by_secret_.end() && is_peer(one, peer->second) ? &peer->second : nullptr;
  }
  bool is_peer(const MemberState& one, const std::string& name) const {
    const std::vector<std::string>& names = one.cluster->peers;
    return members_.contains(name) && std::binary_search(names.begin(), names.end(), name);
  }

  std::optional<std::string> name_now(const std::string& name) const {
    const auto old = live_.clusters.find(name);
    const std::string* renamed = old == live_.clusters.end() ? nullptr : old->second.renamed_to();
    if (renamed == nullptr) return name;
    const auto now = members_.find(*renamed);
    if (now == members_.end() || !now->second.answers()) return std::nullopt;
    return now->first;
  }

  /// What is known to be of this mesh in the cluster and is not desired, and the Secrets of others there.
  void judge_found(DesiredState& desired, const MemberState& one) const {
    const std::string& name = one.cluster->name;
    if (!one.answers() || one.guarded) return;
    const auto recorded = recorded_.find(name);
    add_leftovers(
        desired,
        {.mesh = spec_.mesh,
         .cluster = name,
         .live = *one.live,
         .presence = one.presence,
         .recorded = recorded == recorded_.end() ? nullptr : &recorded->second.objects,
         .is_member = [&](const std::string& peer) { return members_.contains(peer); },
         .is_wanted = [&](const std::string& secret) { return peer_by_secret(one, secret) != nullptr; },
         .name_now = [&](const std::string& peer) { return name_now(peer); },
         .successor =
             [&](const std::string& peer) { return is_peer(one, peer) ? secrets_.at(peer)->id.name : std::string(); }});
    if (one.presence == Presence::absent || !one.has_network()) return;
    const auto member = [&](const std::string& id) {
      const auto found = names_by_id_.find(id);
      return found == names_by_id_.end() ? nullptr : &found->second;
    };
    append(desired.of_cluster[name], foreign_secrets(spec_.mesh, name, *one.live,
                                                     {.member = member, .is_discovered = [&](const std::string& peer) {
                                                        return is_peer(one, peer);
                                                      }}));
  }

  /// A cluster that does not answer may still hold Secrets of clusters that are gone: until it says otherwise these are
  /// not clean.
  void add_unseen_traces(DesiredState& desired, const MemberState& one) const {
    for (const std::string& gone : gone_)
      desired.actions.push_back(discovery(one, members_.at(gone), Presence::absent));
  }

  const Spec& spec_;
  const PlatformSet& platforms_;
  const LiveState& live_;
  const MeshMembers members_;
  const Recorded& recorded_;
  const Chosen chosen_;
  const Platform unknown_platform_ = {};
  /// By the name of the peer: the same object in every cluster.
  std::map<std::string, Shared<DesiredObject>> secrets_;
  /// Names by id, and by the name of the Secret.
  std::map<std::string, std::string> names_by_id_;
  std::map<std::string, std::string> peer_by_secret_;
  /// Clusters of which nothing is to remain in the others, in order of their names.
  std::vector<std::string> gone_;
};

}  // namespace

DesiredState desired(const Spec& spec, const PlatformSet& platforms, const LiveState& live,
                     const std::map<std::string, ClusterSpec>& removed, Intent intent, const Recorded& recorded,
                     const std::function<bool(const std::string& cluster)>& chosen) {
  DesiredState result;
  MeshMembers members = judge_members(spec, live, removed, intent, result.of_cluster);
  DesiredBuilder(spec, platforms, live, std::move(members), recorded, chosen).compose(result);
  std::erase_if(result.of_cluster, [](const auto& one) { return one.second.empty(); });
  return result;
}

}  // namespace mesh::istio
