#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "engine/base/result.h"
#include "engine/model/readiness.h"
#include "providers/istio/client_pool.h"
#include "providers/istio/istiod_memory.h"

namespace mesh::istio {

/// Ready when every pod of which it is known has synced the cluster; each replica discovers on its own (istio-facts 9).
/// Failed when one gave up (`timeout`, after PILOT_REMOTE_CLUSTER_TIMEOUT).
Readiness readiness_of_sync(const std::vector<IstiodMemory>& istiods, const std::string& cluster_id);

/// Waits until the istiods of a cluster have synced their peers. A cluster is asked about all its peers at once,
/// however many actions wait. Thread-safe.
class PeerSync {
 public:
  PeerSync(const MeshSpec& mesh, ClientPool& client_pool, Clock& clock)
      : mesh_(mesh), client_pool_(client_pool), clock_(clock) {}

  /// Where not all istiods tell it (no command may be run in their pods, and their metrics do not say it either) that
  /// is a warning, once per cluster. Errors: not_ready, cancelled.
  Result<void> wait(const std::string& cluster, const std::string& cluster_id,
                    const std::function<void(const std::string&)>& on_change, const kubernetes::CallLimits& limits,
                    Diagnostics& warnings);

 private:
  /// What is known of one cluster.
  struct View {
    std::mutex mutex;
    std::vector<IstiodMemory> istiods;
    TimePoint asked = {};
    /// False: asking again is of no use.
    bool known = true;
    bool warned = false;
  };
  /// Asks unless another action did a moment ago.
  Result<void> refresh(const std::string& cluster, View& view, TimePoint not_before,
                       const kubernetes::CallLimits& limits) const;
  Result<std::vector<IstiodMemory>> ask(const std::string& cluster, const kubernetes::CallLimits& limits) const;

  const MeshSpec& mesh_;
  ClientPool& client_pool_;
  Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<View>> views_;
};

}  // namespace mesh::istio
