#include "providers/istio/desired/leftovers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "engine/base/json.h"
#include "providers/istio/desired/foreign_secrets.h"
#include "providers/istio/desired/member_inputs.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {
namespace {

/// In the order in which they are made; they go in the opposite one.
constexpr std::array<const char*, 10> kinds_in_order = {"Namespace",
                                                        "ServiceAccount",
                                                        "ClusterRole",
                                                        "ClusterRoleBinding",
                                                        "Deployment",
                                                        "Service",
                                                        "HorizontalPodAutoscaler",
                                                        "PodDisruptionBudget",
                                                        "Gateway",
                                                        "Secret"};

std::size_t creation_rank(const std::string& kind) {
  return static_cast<std::size_t>(std::find(kinds_in_order.begin(), kinds_in_order.end(), kind) -
                                  kinds_in_order.begin());
}

std::string text_of_annotation(const Object& secret, const char* key) {
  return text_at(secret.body, {"metadata", "annotations", key});
}

ActionKind action_kind_of(const Object& object) {
  const std::string& kind = object.id.kind;
  if (kind == "Namespace") return ActionKind::network;
  if (kind == "Gateway") return ActionKind::expose;
  if (kind == "ClusterRole" || kind == "ClusterRoleBinding") return ActionKind::reader;
  if (kind == "ServiceAccount") return object.id.name == reader_account ? ActionKind::reader : ActionKind::gateway;
  if (kind != "Secret") return ActionKind::gateway;
  return is_remote_secret(object) || !text_of_annotation(object, peer_annotation).empty() ? ActionKind::discovery
                                                                                          : ActionKind::reader;
}

std::string leftover_peer_of(const Object& secret) {
  if (std::string peer = text_of_annotation(secret, peer_annotation); !peer.empty()) return peer;
  const std::string prefix = remote_secret_id("", "").name;
  return secret.id.name.starts_with(prefix) ? secret.id.name.substr(prefix.size()) : secret.id.name;
}

/// A namespace is of this mesh by the network that was set, all else by its labels. What `mesh verify` makes has its
/// own end.
bool is_known_as_ours(const Object& object, const LeftoversInput& input) {
  if (creation_rank(object.id.kind) == kinds_in_order.size()) return false;
  if (input.recorded != nullptr && input.recorded->contains(object.id)) return true;
  if (!text_at(object.body, {"metadata", "labels", purpose_label}).empty()) return false;
  if (object.id.kind != "Namespace") return created_by_mesh(object, input.mesh.name);
  const std::string manager = field_manager_of(input.mesh.name);
  return std::any_of(object.managers.begin(), object.managers.end(), [&](const ManagedFields& entry) {
    return is_ours(entry, manager) &&
           find_field(*entry.fields, {"f:metadata", "f:labels", std::string("f:") + network_label}) != nullptr;
  });
}

DesiredObject leftover_of(const Object& live, const LeftoversInput& input) {
  DesiredObject object{.id = live.id};
  if (live.id.kind == "Namespace") object.ownership = Ownership::foreign;
  object.body = owned_body(input.mesh, live.id);
  if (input.recorded != nullptr) {
    if (const auto found = input.recorded->find(live.id); found != input.recorded->end()) object.body = found->second;
  }
  if (is_remote_secret(live)) {
    for (const std::string& key : data_keys(live)) object.sensitive.push_back({FieldName{"data"}, FieldName{key}});
  }
  return object;
}

/// The state that knew the cluster is lost, or was never this machine's.
Diagnostic forgotten_cluster(const LeftoversInput& input, const Object& secret, const std::string& peer) {
  return {
      .code = Code::incomplete,
      .severity = Severity::warning,
      .where = fmt::format("cluster {}: {}", input.cluster, to_string(secret.id)),
      .summary = "remote Secret of a cluster that is not known any more",
      .cause = fmt::format("neither the spec nor the last snapshot names {}: the Secret is taken away, but what mesh "
                           "made in {} itself is out of reach",
                           peer, peer),
      .hint = fmt::format("put cluster {} back into the spec, apply, then take it out; or delete there what carries "
                          "the label {}={}",
                          peer, mesh_label, input.mesh.name)};
}

class LeftoversOfCluster {
 public:
  LeftoversOfCluster(DesiredState& desired, const LeftoversInput& input) : desired_(desired), in_(input) {
    for (std::size_t i = 0; i < desired.actions.size(); ++i) {
      const DesiredAction& action = desired.actions[i];
      if (action.cluster != input.cluster) continue;
      by_address_.emplace(action.address, i);
      for (const DesiredObject& object : action.objects) wanted_.insert(object.id);
    }
  }

  void add() {
    for (const auto& [id, object] : in_.live.found) {
      if (wanted_.contains(id) || !is_known_as_ours(object, in_)) continue;
      const ActionKind kind = action_kind_of(object);
      if (kind == ActionKind::discovery) {
        add_secret(object);
      } else {
        const Address address = address_of(in_.cluster, kind);
        // What would take its place cannot come now.
        if (in_.presence == Presence::present && !by_address_.contains(address)) continue;
        DesiredAction& action = add_to(address, kind, std::nullopt);
        action.objects.push_back(leftover_of(object, in_));
        name_writers(action, object);
      }
    }
    for (const Address& address : changed_) sort(desired_.actions[by_address_.at(address)]);
  }

 private:
  void add_secret(const Object& secret) {
    if (in_.is_wanted(secret.id.name) && secret.id.ns == in_.mesh.system_namespace) return;
    const std::optional<std::string> peer = in_.name_now(leftover_peer_of(secret));
    if (!peer) return;
    const std::string successor = in_.successor(*peer);
    const Address address = discovery_address(in_.cluster, *peer);
    // It stays while its replacement cannot come, or the peer would be lost meanwhile (istio-facts 5.6).
    if (!successor.empty() && !by_address_.contains(address)) return;
    DesiredAction& action = add_to(address, ActionKind::discovery, *peer);
    if (!successor.empty() && action.presence == Presence::absent && action.why_absent.empty())
      action.why_absent = fmt::format("replaced by {}", successor);
    if (successor.empty() && action.paths.empty()) action.paths = {fmt::format("{} -> {}", in_.cluster, *peer)};
    action.objects.push_back(leftover_of(secret, in_));
    if (in_.presence == Presence::present && !in_.is_member(*peer))
      desired_.of_cluster[in_.cluster].push_back(forgotten_cluster(in_, secret, *peer));
  }

  /// Little is shown of what is known by its labels alone: who else writes to it is.
  void name_writers(DesiredAction& action, const Object& object) {
    if (!object.metadata_only || action.why_absent.empty()) return;
    const std::string own = field_manager_of(in_.mesh.name);
    for (const ManagedFields& entry : object.managers) {
      if (entry.manager == own || !entry.subresource.empty()) continue;
      action.why_absent += fmt::format("; {} writes to {} {}", entry.manager, object.id.kind, object.id.name);
    }
  }

  DesiredAction& add_to(Address address, ActionKind kind, std::optional<std::string> peer) {
    auto found = by_address_.find(address);
    const bool replaced = found != by_address_.end() && desired_.actions[found->second].presence == Presence::present;
    const Address replacement = address;
    if (replaced) {
      address.text += former_part;
      found = by_address_.find(address);
    }
    if (found == by_address_.end()) {
      found = by_address_.emplace(address, desired_.actions.size()).first;
      DesiredAction& action = desired_.actions.emplace_back(DesiredAction{.address = address,
                                                                          .kind = kind,
                                                                          .cluster = in_.cluster,
                                                                          .peer = std::move(peer),
                                                                          .presence = Presence::absent});
      if (replaced) action.depends_on.push_back(replacement);
      if (replaced && kind != ActionKind::discovery) action.why_absent = "not desired any more";
    }
    changed_.insert(address);
    return desired_.actions[found->second];
  }

  static void sort(DesiredAction& action) {
    std::stable_sort(action.objects.begin(), action.objects.end(),
                     [](const DesiredObject& one, const DesiredObject& other) {
                       return creation_rank(one.id.kind) < creation_rank(other.id.kind);
                     });
  }

  DesiredState& desired_;
  const LeftoversInput& in_;
  std::map<Address, std::size_t> by_address_;
  std::set<ObjectId> wanted_;
  std::set<Address> changed_;
};

}  // namespace

void add_leftovers(DesiredState& desired, const LeftoversInput& input) { LeftoversOfCluster(desired, input).add(); }

void order_leftovers(DesiredState& desired) {
  std::map<std::string, std::vector<Address>> discovered_by;
  std::set<Address> absent;
  for (const DesiredAction& action : desired.actions) {
    if (action.presence == Presence::absent) absent.insert(action.address);
    if (action.peer && action.presence == Presence::present) discovered_by[*action.peer].push_back(action.address);
  }
  for (DesiredAction& action : desired.actions) {
    if (action.presence != Presence::absent) continue;
    const auto need = [&](const std::string& cluster, ActionKind kind) {
      const Address current = address_of(cluster, kind);
      for (const Address& address : {current, Address{current.text + former_part}}) {
        if (absent.contains(address) && address != action.address) action.depends_on.push_back(address);
      }
    };
    if (action.kind == ActionKind::discovery && action.peer) {
      need(action.cluster, ActionKind::network);
      need(*action.peer, ActionKind::reader);
      need(*action.peer, ActionKind::expose);
    }
    if (!action.address.text.ends_with(former_part)) continue;
    if (action.kind == ActionKind::gateway) need(action.cluster, ActionKind::network);
    if (action.kind == ActionKind::expose) need(action.cluster, ActionKind::gateway);
    // Peers must have the new token, and know the new gateway, before the old ones go.
    if (action.kind != ActionKind::reader && action.kind != ActionKind::gateway) continue;
    for (const Address& caller : discovered_by[action.cluster]) action.depends_on.push_back(caller);
  }
}

}  // namespace mesh::istio
