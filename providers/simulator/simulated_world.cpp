#include "providers/simulator/simulated_world.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

#include "providers/simulator/controllers/cluster_context.h"
#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/controllers/injection.h"
#include "providers/simulator/controllers/nodes.h"
#include "providers/simulator/controllers/peer_access.h"
#include "providers/simulator/objects/read.h"
#include "providers/simulator/pods/backend.h"

namespace mesh::simulator::world {

/// Held by subscribers and pod backends too: they may still be called when the world is about to go.
class SimulatedWorld::Impl : public std::enable_shared_from_this<SimulatedWorld::Impl> {
 public:
  Impl(Clock& clock, std::uint64_t seed, WorldFaults faults) : clock_(clock), seed_(seed), faults_(std::move(faults)) {
    queue_.on_earlier([this] { wake(); });
  }

  void add(ApiServer& api, ClusterSettings settings) {
    const std::string name = settings.name;
    auto made = std::make_unique<ClusterContext>(api, std::move(settings), clock_, queue_, faults_);
    ClusterContext* context = made.get();
    {
      const std::lock_guard lock(sites_mutex_);
      contexts_[name] = std::move(made);
    }
    context->freeze = [this, name](const RemoteCluster& remote) { return frozen(name, remote); };
    create_nodes(*context);
    api.subscribe([self = weak_from_this(), context](const ObjectEvent& event) {
      if (const auto impl = self.lock()) plan_after(*context, event);
    });
    api.set_pods(make_pod_backend(name, api, [self = weak_from_this()] {
      const auto impl = self.lock();
      return impl ? impl->clusters() : SimulatedClusters();
    }));
    api.set_pod_webhook([self = weak_from_this(), context](const std::string& ns, nlohmann::json& pod) {
      const auto impl = self.lock();
      return impl ? inject(*context->objects, context->settings.system_namespace, ns, pod) : std::nullopt;
    });
    begin(*context);
  }

  std::optional<TimePoint> run_due() {
    const std::lock_guard lock(running_);
    while (auto request = queue_.take(clock_.now())) {
      if (ClusterContext* context = find(request->cluster)) perform(*context, *request);
    }
    return queue_.next();
  }

  void run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      std::stop_source sleep;
      {
        const std::lock_guard lock(sleep_mutex_);
        sleep_ = sleep;
      }
      const auto next = run_due();
      const std::stop_callback end(stop, [&] { sleep.request_stop(); });
      clock_.sleep_until(next.value_or(clock_.now() + std::chrono::hours(1)), sleep.get_token());
    }
  }

  void start() {
    thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }

  void stop() { thread_ = std::jthread(); }

  void faults_changed() {
    for (ClusterContext* context : all()) {
      for (const StoredPtr& service : context->api.all("services")) {
        context->plan(ControllerKind::load_balancer, service->ns, service->name);
      }
      for (const StoredPtr& pod : context->api.all("pods")) context->plan(ControllerKind::pod, pod->ns, pod->name);
      // An istiod that hears again sees what is there now; what has not changed makes no difference to it.
      for (const StoredPtr& secret : context->api.all("secrets", context->settings.system_namespace)) {
        plan_after(*context, {.type = ObjectEvent::Type::modified, .object = secret, .before = nullptr});
      }
      forget_gone(*context);
    }
  }

  SimulatedClusters clusters() const {
    SimulatedClusters clusters;
    clusters.seed = seed_;
    const std::vector<ClusterContext*> contexts = all();
    for (const ClusterContext* context : contexts) {
      clusters.clusters.push_back({.name = context->settings.name,
                                   .objects = context->objects,
                                   .istiod = [context] { return context->istiod(); },
                                   .plane = [context] { return context->plane(); },
                                   .underlay = context->settings.underlay,
                                   .system_namespace = context->settings.system_namespace});
    }
    clusters.probe = [this, contexts](const std::string& from, const RemoteCredential& credential) {
      return access_.probe(contexts, from, credential);
    };
    return clusters;
  }

 private:
  /// Secrets that went while istiod did not hear.
  static void forget_gone(ClusterContext& context) {
    const std::string& ns = context.settings.system_namespace;
    for (const auto& [id, remote] : context.istiod().clusters) {
      const std::string name = remote.secret.substr(remote.secret.find('/') + 1);
      if (context.api.find("secrets", ns, name) != nullptr) continue;
      const auto& deaf = context.faults.deaf_istiod;
      if (!deaf || !deaf(context.settings.name, ns, name))
        context.note_secret({remote.secret, nullptr, context.clock.now()});
    }
  }

  /// What a registry that closes has read of the peer, as it is now.
  std::shared_ptr<const Objects> frozen(const std::string& from, const RemoteCluster& remote) {
    const ClusterContext* peer = find(access_.probe(all(), from, remote.credential).cluster);
    if (peer == nullptr) return nullptr;
    auto kept = std::make_shared<ObjectSet>();
    for (const ResourceName& read :
         {resource::namespaces, resource::services, resource::slices, resource::pods, resource::nodes}) {
      for (const ObjectPtr& object : peer->objects->list(read, "")) kept->put(*object);
    }
    return kept;
  }

  std::vector<ClusterContext*> all() const {
    const std::lock_guard lock(sites_mutex_);
    std::vector<ClusterContext*> contexts;
    for (const auto& [name, context] : contexts_) contexts.push_back(context.get());
    return contexts;
  }

  ClusterContext* find(const std::string& name) const {
    const std::lock_guard lock(sites_mutex_);
    const auto it = contexts_.find(name);
    return it == contexts_.end() ? nullptr : it->second.get();
  }

  void wake() {
    const std::lock_guard lock(sleep_mutex_);
    sleep_.request_stop();
  }

  Clock& clock_;
  const std::uint64_t seed_;
  const WorldFaults faults_;
  WorkQueue queue_;
  mutable PeerAccess access_;
  mutable std::mutex sites_mutex_;
  std::map<std::string, std::unique_ptr<ClusterContext>> contexts_;
  /// Controllers never run twice at a time.
  std::mutex running_;
  std::mutex sleep_mutex_;
  std::stop_source sleep_;
  std::jthread thread_;
};

SimulatedWorld::SimulatedWorld(Clock& clock, std::uint64_t seed, WorldFaults faults)
    : impl_(std::make_shared<Impl>(clock, seed, std::move(faults))) {}

SimulatedWorld::~SimulatedWorld() { stop(); }

void SimulatedWorld::add(ApiServer& api, ClusterSettings settings) { impl_->add(api, std::move(settings)); }
void SimulatedWorld::start() { impl_->start(); }
void SimulatedWorld::stop() { impl_->stop(); }
std::optional<TimePoint> SimulatedWorld::run_due() { return impl_->run_due(); }
void SimulatedWorld::faults_changed() { impl_->faults_changed(); }
SimulatedClusters SimulatedWorld::clusters() const { return impl_->clusters(); }

}  // namespace mesh::simulator::world
