#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "engine/base/result.h"
#include "engine/model/readiness.h"
#include "providers/istio/client_pool.h"

namespace mesh::istio {

/// What each istiod pod of a cluster says of the clusters that it discovers: by pod, the state by cluster id.
using SyncStates = std::map<std::string, std::map<std::string, std::string>>;

/// The states in an answer to /debug/clusterz; nothing: it is none.
std::optional<std::map<std::string, std::string>> parse_clusterz(const std::string& page);

/// Ready when every pod has synced the cluster; each replica discovers on its own (istio-facts 9). Failed when one gave
/// up (`timeout`, after PILOT_REMOTE_CLUSTER_TIMEOUT).
Readiness readiness_of_sync(const SyncStates& states, const std::string& cluster_id);

/// Waits until the istiods of a cluster have synced their peers. A cluster is asked about all its peers at once,
/// however many actions wait. Thread-safe.
class PeerSync {
 public:
  PeerSync(const MeshSpec& mesh, ClientPool& client_pool, Clock& clock)
      : mesh_(mesh), client_pool_(client_pool), clock_(clock) {}

  /// Where the istiods cannot be asked (a command in their pods is not allowed, or there is no way to run it) that is a
  /// warning, once per cluster. Errors: not_ready, cancelled.
  Result<void> wait(const std::string& cluster, const std::string& cluster_id,
                    const std::function<void(const std::string&)>& on_change, const kubernetes::CallLimits& limits,
                    Diagnostics& warnings);

 private:
  /// What is known of one cluster.
  struct View {
    std::mutex mutex;
    SyncStates states;
    TimePoint asked = {};
    bool known = true;
  };
  /// Asks unless somebody did a moment ago.
  Result<void> refresh(const std::string& cluster, View& view, TimePoint not_before,
                       const kubernetes::CallLimits& limits) const;
  Result<SyncStates> ask(const std::string& cluster, const kubernetes::CallLimits& limits) const;

  const MeshSpec& mesh_;
  ClientPool& client_pool_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<View>> views_;
};

}  // namespace mesh::istio
