#pragma once

#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "providers/simulator/controllers/cluster_settings.h"
#include "providers/simulator/controllers/live_objects.h"
#include "providers/simulator/controllers/work_queue.h"
#include "providers/simulator/faults/fault_set.h"
#include "providers/simulator/istio/traffic/control_plane.h"
#include "providers/simulator/istio/traffic/istiod_memory.h"
#include "providers/simulator/istio/traffic/simulated_clusters.h"

namespace mesh::simulator {

/// One cluster, as its controllers see it. All but the constructor and take_event() run in the world's one thread.
class ClusterContext {
 public:
  ClusterContext(ApiServer& api, ClusterSettings settings, Clock& clock, WorkQueue& queue, const FaultSet& faults);

  ApiServer& api;
  const ClusterSettings settings;
  Clock& clock;
  const FaultSet& faults;
  const std::shared_ptr<const LiveObjects> objects;

  /// Puts the object on the work queue of its controller, `after` from now.
  void plan(ControllerKind controller, const std::string& ns, const std::string& name,
            std::chrono::milliseconds after) const;
  void plan(ControllerKind controller, const std::string& ns, const std::string& name) const {
    plan(controller, ns, name, settings.delays.controller);
  }

  /// "2026-11-22T13:00:00Z".
  std::string now_text() const;
  /// Path of an object or, without a name, of its collection.
  static std::string path(const ResourceName& resource, const std::string& version, const std::string& ns,
                          const std::string& name);
  /// Merge patch of one object, of its status when `status`. Field manager is `agent`. False: refused.
  bool patch(const char* agent, const ResourceName& resource, const std::string& version, const nlohmann::json& object,
             const nlohmann::json& change, bool status) const;
  /// The same of the status, as kube-controller-manager, when it is another than before.
  void write_status(const ResourceName& resource, const char* version, const nlohmann::json& object,
                    nlohmann::json status) const;
  bool create(const char* agent, const ResourceName& resource, const std::string& version, const nlohmann::json& object,
              CallResult* result = nullptr) const;
  bool remove(const char* agent, const ResourceName& resource, const std::string& version,
              const nlohmann::json& object) const;

  /// The certificate of the API server's own authority: that of its address, unless a front stands there.
  const std::string& authority() const;
  /// The address of the next pod, and of the next load balancer.
  std::string next_pod_address();
  std::string next_balancer_address(bool internal);
  std::string node_name(std::size_t of) const;
  std::string node_address(std::size_t of) const;

  /// When something first stood so, by a key: delays are counted from there.
  TimePoint since(const std::string& what);
  void forget_since(const std::string& what);

  // What istiod made of the remote Secrets.
  struct SecretEvent {
    std::string secret;
    /// Null: it went.
    StoredPtr object;
    TimePoint at;
  };
  /// Called from any thread.
  void note_secret(SecretEvent event);
  /// The memory with all that was noted taken in; `listed` and `waited` by the clock.
  IstiodMemory istiod() const;
  /// This pod of istiod has become ready: it knows what the remote Secrets say now, and nothing of before.
  void restart_istiod(const std::string& uid);
  /// Gateways of a cluster have changed: an istiod that reads it looks at all gateways anew.
  void reload_gateways(const std::string& cluster);
  /// Its settings, read anew when an object that they stand in has changed.
  std::shared_ptr<const ControlPlane> plane() const;
  /// What API servers say to a credential, and what is kept of a peer that leaves; set by the world.
  std::function<ApiProbe(const RemoteCredential&)> probe;
  std::function<std::shared_ptr<const Objects>(const RemoteCluster&)> gateways;
  /// The root that the running istiod signs with; decided when its pod starts.
  std::string istiod_root;
  std::string istiod_root_of;

 private:
  void catch_up() const;

  WorkQueue& queue_;
  int pod_addresses_ = 0;
  int balancer_addresses_ = 0;
  std::map<std::string, TimePoint> since_;
  mutable std::mutex secrets_mutex_;
  mutable std::mutex plane_mutex_;
  mutable std::shared_ptr<const ControlPlane> plane_;
  mutable std::uint64_t plane_version_ = 0;
  mutable std::deque<SecretEvent> noted_;
  mutable IstiodMemory memory_;
  mutable std::map<std::string, TimePoint> built_;
  std::string istiod_pod_;
};

/// Whether the object is controlled by that uid.
bool is_controlled_by(const nlohmann::json& object, const std::string& uid);
nlohmann::json owner_reference(const std::string& version, const std::string& kind, const nlohmann::json& owner,
                               bool blocks = true);
/// A condition as controllers write it; the old transition time is kept while the status stays.
void set_condition(nlohmann::json& conditions, const std::string& type, const std::string& status,
                   const std::string& reason, const std::string& message, const std::string& now,
                   bool with_update_time = false);

inline constexpr const char* controller_manager = "kube-controller-manager";
inline constexpr const char* kubelet = "kubelet";
inline constexpr const char* cloud_manager = "cloud-controller-manager";

}  // namespace mesh::simulator
