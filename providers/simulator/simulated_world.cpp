#include "providers/simulator/simulated_world.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

#include "providers/simulator/controllers/cluster_context.h"
#include "providers/simulator/controllers/controllers.h"
#include "providers/simulator/controllers/credential_probe.h"
#include "providers/simulator/controllers/injection.h"
#include "providers/simulator/controllers/nodes.h"
#include "providers/simulator/controllers/triggers.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/pods/pod_backend.h"

namespace mesh::simulator {

/// Held by subscribers and pod backends too: they may still be called when the world is about to go.
class SimulatedWorld::Impl : public std::enable_shared_from_this<SimulatedWorld::Impl> {
 public:
  Impl(Clock& clock, std::uint64_t seed, FaultSet& faults) : clock_(clock), seed_(seed), faults_(faults) {
    queue_.on_earlier([this] { wake(); });
  }

  void follow_faults() {
    faults_.on_change([self = weak_from_this()] {
      const auto impl = self.lock();
      if (!impl) return;
      impl->faults_changed();
      // When the next fault begins or ends by itself is another time now.
      impl->wake();
    });
  }

  void add(ApiServer& api, ClusterSettings settings) {
    const std::string name = settings.name;
    auto made = std::make_unique<ClusterContext>(api, std::move(settings), clock_, queue_, faults_);
    ClusterContext* context = made.get();
    {
      const std::lock_guard lock(contexts_mutex_);
      contexts_[name] = std::move(made);
    }
    context->probe = [this](const RemoteCredential& credential) { return probe_.probe(all(), credential); };
    context->gateways = [this](const RemoteCluster& remote) { return gateways_of(remote.known); };
    create_nodes(*context);
    api.subscribe([self = weak_from_this(), context](const ObjectEvent& event) {
      const auto impl = self.lock();
      if (!impl) return;
      plan_after(*context, event);
      const auto leads = [](const StoredPtr& one) {
        return one != nullptr && one->label("topology.istio.io/network") != nullptr;
      };
      if (event.object->resource == "services" && (leads(event.object) || leads(event.before))) {
        for (ClusterContext* reader : impl->all()) reader->reload_gateways(context->settings.name);
      }
    });
    api.set_pods(make_pod_backend(name, api, [self = weak_from_this()] {
      const auto impl = self.lock();
      return impl ? impl->clusters() : SimulatedClusters();
    }));
    api.set_pod_webhook([self = weak_from_this(), context](const std::string& ns, nlohmann::json& pod) {
      const auto impl = self.lock();
      return impl ? inject(*context, ns, pod) : std::nullopt;
    });
    plan_all(*context);
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
      const TimePoint far = clock_.now() + std::chrono::hours(1);
      const TimePoint next = run_due().value_or(far);
      const TimePoint fault = faults_.next_change().value_or(far);
      const std::stop_callback end(stop, [&] { sleep.request_stop(); });
      if (clock_.sleep_until(std::min(next, fault), sleep.get_token()) && fault <= next) faults_changed();
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
      for (const StoredPtr& home : context->api.all("namespaces")) context->plan(ControllerKind::ns, "", home->name);
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
    clusters.probe = [this, contexts](const std::string&, const RemoteCredential& credential) {
      return probe_.probe(contexts, credential);
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
      if (!context.faults.strikes(FaultKind::istiod_ignores_secret, context.settings.name, ns, name)) {
        context.note_secret({remote.secret, nullptr, context.clock.now()});
      }
    }
  }

  /// What gateways are made of, in a cluster as it is now.
  std::shared_ptr<const Objects> gateways_of(const std::string& cluster) const {
    auto kept = std::make_shared<ObjectSet>();
    const Objects& objects = *find(cluster)->objects;
    for (const ObjectPtr& service : objects.list(resource::services, "")) {
      if (label(*service, "topology.istio.io/network").empty()) continue;
      kept->put(*service);
      if (const ObjectPtr home = objects.get(resource::namespaces, "", namespace_of(*service))) kept->put(*home);
    }
    return kept;
  }

  std::vector<ClusterContext*> all() const {
    const std::lock_guard lock(contexts_mutex_);
    std::vector<ClusterContext*> contexts;
    for (const auto& [name, context] : contexts_) contexts.push_back(context.get());
    return contexts;
  }

  ClusterContext* find(const std::string& name) const {
    const std::lock_guard lock(contexts_mutex_);
    const auto it = contexts_.find(name);
    return it == contexts_.end() ? nullptr : it->second.get();
  }

  void wake() {
    const std::lock_guard lock(sleep_mutex_);
    sleep_.request_stop();
  }

  Clock& clock_;
  const std::uint64_t seed_;
  FaultSet& faults_;
  WorkQueue queue_;
  mutable CredentialProbe probe_;
  mutable std::mutex contexts_mutex_;
  std::map<std::string, std::unique_ptr<ClusterContext>> contexts_;
  /// Controllers never run twice at a time.
  std::mutex running_;
  std::mutex sleep_mutex_;
  std::stop_source sleep_;
  std::jthread thread_;
};

SimulatedWorld::SimulatedWorld(Clock& clock, std::uint64_t seed, FaultSet& faults)
    : impl_(std::make_shared<Impl>(clock, seed, faults)) {
  impl_->follow_faults();
}

SimulatedWorld::~SimulatedWorld() { stop(); }

void SimulatedWorld::add(ApiServer& api, ClusterSettings settings) { impl_->add(api, std::move(settings)); }
void SimulatedWorld::start() { impl_->start(); }
void SimulatedWorld::stop() { impl_->stop(); }
std::optional<TimePoint> SimulatedWorld::run_due() { return impl_->run_due(); }
SimulatedClusters SimulatedWorld::clusters() const { return impl_->clusters(); }

}  // namespace mesh::simulator
