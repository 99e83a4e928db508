#include "providers/simulator/world.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <stop_token>
#include <thread>

#include "providers/simulator/controllers/duties.h"
#include "providers/simulator/controllers/injection.h"
#include "providers/simulator/controllers/nodes.h"
#include "providers/simulator/controllers/peer_access.h"
#include "providers/simulator/controllers/site.h"
#include "providers/simulator/objects/read.h"
#include "providers/simulator/pods/backend.h"

namespace mesh::simulator::world {

/// Held by subscribers and pod backends too: they may still be called when the world is about to go.
class World::Impl : public std::enable_shared_from_this<World::Impl> {
 public:
  Impl(Clock& clock, std::uint64_t seed, WorldFaults faults) : clock_(clock), seed_(seed), faults_(std::move(faults)) {
    agenda_.on_earlier([this] { wake(); });
  }

  void add(ApiServer& api, ClusterSettings settings) {
    const std::string name = settings.name;
    auto made = std::make_unique<Site>(api, std::move(settings), clock_, agenda_, faults_);
    Site* site = made.get();
    {
      const std::lock_guard lock(sites_mutex_);
      sites_[name] = std::move(made);
    }
    site->freeze = [this, name](const RemoteCluster& remote) { return frozen(name, remote); };
    create_nodes(*site);
    api.subscribe([self = weak_from_this(), site](const ObjectEvent& event) {
      if (const auto impl = self.lock()) plan_after(*site, event);
    });
    api.set_pods(make_pod_backend(name, api, [self = weak_from_this()] {
      const auto impl = self.lock();
      return impl ? impl->worlds() : Worlds();
    }));
    api.set_pod_webhook([self = weak_from_this(), site](const std::string& ns, nlohmann::json& pod) {
      const auto impl = self.lock();
      return impl ? inject(*site->objects, site->settings.system_namespace, ns, pod) : std::nullopt;
    });
    begin(*site);
  }

  std::optional<TimePoint> run_due() {
    const std::lock_guard lock(running_);
    while (auto task = agenda_.take(clock_.now())) {
      if (Site* site = find(task->cluster)) perform(*site, *task);
    }
    return agenda_.next();
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
    for (Site* site : all()) {
      for (const StoredPtr& service : site->api.all("services")) {
        site->plan(Duty::load_balancer, service->ns, service->name);
      }
      for (const StoredPtr& pod : site->api.all("pods")) site->plan(Duty::pod, pod->ns, pod->name);
      // An istiod that hears again sees what is there now; what has not changed makes no difference to it.
      for (const StoredPtr& secret : site->api.all("secrets", site->settings.system_namespace)) {
        plan_after(*site, {.type = ObjectEvent::Type::modified, .object = secret, .before = nullptr});
      }
      forget_gone(*site);
    }
  }

  Worlds worlds() const {
    Worlds worlds;
    worlds.seed = seed_;
    const std::vector<Site*> sites = all();
    for (const Site* site : sites) {
      worlds.clusters.push_back({.name = site->settings.name,
                                 .objects = site->objects,
                                 .istiod = [site] { return site->istiod(); },
                                 .plane = [site] { return site->plane(); },
                                 .underlay = site->settings.underlay,
                                 .system_namespace = site->settings.system_namespace});
    }
    worlds.look = [this, sites](const std::string& from, const RemoteCredential& credential) {
      return access_.look(sites, from, credential);
    };
    return worlds;
  }

 private:
  /// Secrets that went while istiod did not hear.
  static void forget_gone(Site& site) {
    const std::string& ns = site.settings.system_namespace;
    for (const auto& [id, remote] : site.istiod().clusters) {
      const std::string name = remote.secret.substr(remote.secret.find('/') + 1);
      if (site.api.find("secrets", ns, name) != nullptr) continue;
      const auto& deaf = site.faults.deaf_istiod;
      if (!deaf || !deaf(site.settings.name, ns, name)) site.note_secret({remote.secret, nullptr, site.clock.now()});
    }
  }

  /// What a registry that closes has read of the peer, as it is now.
  std::shared_ptr<const Objects> frozen(const std::string& from, const RemoteCluster& remote) {
    const Site* peer = find(access_.look(all(), from, remote.credential).cluster);
    if (peer == nullptr) return nullptr;
    auto kept = std::make_shared<ObjectSet>();
    for (const ResourceName& read :
         {resource::namespaces, resource::services, resource::slices, resource::pods, resource::nodes}) {
      for (const ObjectPtr& object : peer->objects->list(read, "")) kept->put(*object);
    }
    return kept;
  }

  std::vector<Site*> all() const {
    const std::lock_guard lock(sites_mutex_);
    std::vector<Site*> sites;
    for (const auto& [name, site] : sites_) sites.push_back(site.get());
    return sites;
  }

  Site* find(const std::string& name) const {
    const std::lock_guard lock(sites_mutex_);
    const auto it = sites_.find(name);
    return it == sites_.end() ? nullptr : it->second.get();
  }

  void wake() {
    const std::lock_guard lock(sleep_mutex_);
    sleep_.request_stop();
  }

  Clock& clock_;
  const std::uint64_t seed_;
  const WorldFaults faults_;
  Agenda agenda_;
  mutable PeerAccess access_;
  mutable std::mutex sites_mutex_;
  std::map<std::string, std::unique_ptr<Site>> sites_;
  /// Controllers never run twice at a time.
  std::mutex running_;
  std::mutex sleep_mutex_;
  std::stop_source sleep_;
  std::jthread thread_;
};

World::World(Clock& clock, std::uint64_t seed, WorldFaults faults)
    : impl_(std::make_shared<Impl>(clock, seed, std::move(faults))) {}

World::~World() { stop(); }

void World::add(ApiServer& api, ClusterSettings settings) { impl_->add(api, std::move(settings)); }
void World::start() { impl_->start(); }
void World::stop() { impl_->stop(); }
std::optional<TimePoint> World::run_due() { return impl_->run_due(); }
void World::faults_changed() { impl_->faults_changed(); }
Worlds World::worlds() const { return impl_->worlds(); }

}  // namespace mesh::simulator::world
