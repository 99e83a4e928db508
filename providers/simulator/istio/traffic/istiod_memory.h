#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "providers/simulator/istio/traffic/credential.h"
#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

/// One data key of a remote Secret that istiod serves.
struct RemoteCluster {
  std::string id = {};
  /// "istio-system/istio-remote-secret-ID".
  std::string secret = {};
  /// SHA-256 of the kubeconfig: an update with the same one is skipped.
  std::string digest = {};
  RemoteCredential credential = {};
  /// The informers had time to list; else the registry is still syncing.
  bool listed = true;
  /// PILOT_REMOTE_CLUSTER_TIMEOUT has passed.
  bool waited = true;
  /// The informers of this client have listed once: whatever the API server says later, they keep what they know.
  bool synced = false;
  /// The cluster that this registry has read, by the simulator's name; of a client before this one until this one has
  /// synced. Empty: none yet.
  std::string known = {};
};

/// What the istiod of one cluster made of its remote Secrets, which depends on the order in which they came
/// (istio-facts 5.4).
struct IstiodMemory {
  /// By data key.
  std::map<std::string, RemoteCluster> clusters = {};
  /// Keys that were not taken, by "SECRET KEY": why. A sentence's end: "… is its own id". A key that was served before
  /// still is, as it was.
  std::map<std::string, std::string> refused = {};
  /// Of clusters that left, by key: namespaces and gateway Services as they were. istiod forgets their gateways only
  /// when gateways of another cluster change.
  std::map<std::string, std::shared_ptr<const Objects>> departed = {};
};

/// What decides over Secrets: the cluster's own id, and options that allow more than tokens.
struct SecretRules {
  std::string own_id = "Kubernetes";
  std::set<std::string> allowed_options = {};
  /// What IstiodMemory::departed keeps of a cluster; may be empty.
  std::function<std::shared_ptr<const Objects>(const RemoteCluster&)> gateways = {};
};

/// A remote Secret came or changed. `secret`: "NAMESPACE/NAME"; `kubeconfigs`: its data, decoded.
/// Returns the ids whose client was built anew.
std::vector<std::string> take_secret(IstiodMemory& memory, const SecretRules& rules, const std::string& secret,
                                     const std::map<std::string, std::string>& kubeconfigs);
/// It went, or lost its label.
void drop_secret(IstiodMemory& memory, const SecretRules& rules, const std::string& secret);

/// The data of a Secret object, decoded; values that are no base64 are left out.
std::map<std::string, std::string> decoded_data(const nlohmann::json& secret);

/// The memory of an istiod that starts now: all remote Secrets of the namespace, by name.
IstiodMemory remember(const Objects& objects, const std::string& system_namespace, const SecretRules& rules);

}  // namespace mesh::simulator
