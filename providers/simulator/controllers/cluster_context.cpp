#include "providers/simulator/controllers/cluster_context.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/istio/install/authority.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

ClusterContext::ClusterContext(ApiServer& server, ClusterSettings given, Clock& its_clock, WorkQueue& queue,
                               const FaultSet& its_faults)
    : api(server),
      settings(std::move(given)),
      clock(its_clock),
      faults(its_faults),
      objects(std::make_shared<const LiveObjects>(server)),
      queue_(queue) {}

void ClusterContext::plan(ControllerKind controller, const std::string& ns, const std::string& name,
                          std::chrono::milliseconds after) const {
  queue_.add({settings.name, controller, ns, name}, clock.now() + after);
}

std::string ClusterContext::now_text() const {
  return fmt::format("{:%FT%TZ}", std::chrono::floor<std::chrono::seconds>(clock.wall()));
}

std::string ClusterContext::path(const ResourceName& resource, const std::string& version, const std::string& ns,
                                 const std::string& name) {
  return fmt::format("{}{}{}/{}{}{}", resource.group.empty() ? "/api/" : "/apis/" + resource.group + "/", version,
                     ns.empty() ? "" : "/namespaces/" + ns, resource.plural, name.empty() ? "" : "/", name);
}

bool ClusterContext::patch(const char* agent, const ResourceName& resource, const std::string& version,
                           const json& object, const json& change, bool status) const {
  const std::string target = path(resource, version, namespace_of(object), name_of(object)) + (status ? "/status" : "");
  return api.call(agent, "PATCH", target, change, "application/merge-patch+json").ok();
}

void ClusterContext::write_status(const ResourceName& resource, const char* version, const json& object,
                                  json status) const {
  if (object.value("status", json::object()) == status) return;
  patch(controller_manager, resource, version, object, {{"status", std::move(status)}}, true);
}

bool ClusterContext::create(const char* agent, const ResourceName& resource, const std::string& version,
                            const json& object, CallResult* result) const {
  CallResult made = api.call(agent, "POST", path(resource, version, namespace_of(object), ""), object);
  const bool ok = made.ok();
  if (result != nullptr) *result = std::move(made);
  return ok;
}

bool ClusterContext::remove(const char* agent, const ResourceName& resource, const std::string& version,
                            const json& object) const {
  const json options = {
      {"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"preconditions", {{"uid", text(object, {"metadata", "uid"})}}}};
  return api.call(agent, "DELETE", path(resource, version, namespace_of(object), name_of(object)), options).ok();
}

std::string ClusterContext::next_pod_address() {
  const int n = pod_addresses_++;
  return fmt::format("10.{}.{}.{}", settings.number % 250, n / 250 % 250, 2 + n % 250);
}

const std::string& ClusterContext::authority() const {
  static const std::string behind_a_front = make_root("the cluster's own").root;
  return faults.current(FaultKind::front, settings.name) ? behind_a_front : api.settings().ca_pem;
}

std::string ClusterContext::next_balancer_address(bool internal) {
  const int n = balancer_addresses_++;
  // 198.18.0.0/15 is set aside for tests: no such host exists.
  return fmt::format("{}.{}.{}", internal ? "172.20" : "198.18", settings.number % 256, 1 + n % 254);
}

std::string ClusterContext::node_name(std::size_t of) const {
  return fmt::format("{}-node-{}", settings.name, of % static_cast<std::size_t>(std::max(1, settings.nodes)) + 1);
}

std::string ClusterContext::node_address(std::size_t of) const {
  return fmt::format("192.168.{}.{}", settings.number % 256,
                     of % static_cast<std::size_t>(std::max(1, settings.nodes)) + 10);
}

TimePoint ClusterContext::since(const std::string& what) { return since_.emplace(what, clock.now()).first->second; }
void ClusterContext::forget_since(const std::string& what) { since_.erase(what); }

void ClusterContext::note_secret(SecretEvent event) {
  const std::lock_guard lock(secrets_mutex_);
  const bool gone = event.object == nullptr;
  noted_.push_back(std::move(event));
  // What a cluster that leaves is remembered by must be read before it goes; and the rest must not grow without end.
  if (gone || noted_.size() > 4096) catch_up();
}

void ClusterContext::catch_up() const {
  if (noted_.empty()) return;
  const auto its_plane = plane();
  SecretRules rules{.gateways = gateways};
  if (its_plane != nullptr) {
    rules.own_id = its_plane->cluster_id;
    rules.allowed_options = its_plane->kubeconfig_options();
  }
  for (const SecretEvent& event : noted_) {
    const std::string* mark = event.object == nullptr ? nullptr : event.object->label("istio/multiCluster");
    if (mark == nullptr || *mark != "true") {
      drop_secret(memory_, rules, event.secret);
      continue;
    }
    for (const std::string& id : take_secret(memory_, rules, event.secret, decoded_data(event.object->json()))) {
      built_[id] = event.at;
    }
  }
  noted_.clear();
}

void ClusterContext::restart_istiod(const std::string& uid) {
  const std::lock_guard lock(secrets_mutex_);
  if (istiod_pod_ == uid) return;
  istiod_pod_ = uid;
  memory_ = {};
  noted_.clear();
  for (const StoredPtr& secret : api.all("secrets", settings.system_namespace)) {
    // It is ready only when it has listed what can be listed.
    noted_.push_back({secret->ns + "/" + secret->name, secret, clock.now() - settings.delays.sync});
  }
}

void ClusterContext::reload_gateways(const std::string& cluster) {
  const std::lock_guard lock(secrets_mutex_);
  if (memory_.departed.empty()) return;
  const auto reads = [&](const auto& one) { return one.second.known == cluster; };
  if (cluster == settings.name || std::any_of(memory_.clusters.begin(), memory_.clusters.end(), reads)) {
    memory_.departed.clear();
  }
}

std::shared_ptr<const ControlPlane> ClusterContext::plane() const {
  // Every write grows a version: all of them together tell whether anything at all was written.
  std::uint64_t version = 1469598103934665603U;
  for (const char* resource : {"deployments.apps", "configmaps"}) {
    for (const StoredPtr& one : api.all(resource, settings.system_namespace))
      version = (version ^ one->version) * 1099511628211U;
  }
  const std::lock_guard lock(plane_mutex_);
  if (version != plane_version_) {
    auto found = control_plane_of(*objects, settings.system_namespace);
    plane_ = found ? std::make_shared<const ControlPlane>(std::move(*found)) : nullptr;
    plane_version_ = version;
  }
  return plane_;
}

IstiodMemory ClusterContext::istiod() const {
  const std::lock_guard lock(secrets_mutex_);
  catch_up();
  const TimePoint now = clock.now();
  for (auto& [id, remote] : memory_.clusters) {
    if (remote.synced) continue;
    const TimePoint built = built_.at(id);
    remote.listed = now >= built + settings.delays.sync;
    remote.waited = now >= built + settings.delays.sync_timeout;
    if (!remote.listed || !probe) continue;
    if (const ApiProbe found = probe(remote.credential); found.answer == ApiProbe::Answer::ok) {
      remote.synced = true;
      remote.known = found.cluster;
      memory_.departed.clear();
    }
  }
  return memory_;
}

bool is_controlled_by(const json& object, const std::string& uid) {
  const json& owners = items(object, {"metadata", "ownerReferences"});
  return std::any_of(owners.begin(), owners.end(), [&](const json& one) {
    const json* controller = at(one, {"controller"});
    return text(one, {"uid"}) == uid && controller != nullptr && *controller == true;
  });
}

json owner_reference(const std::string& version, const std::string& kind, const json& owner, bool blocks) {
  return {{"apiVersion", version},        {"kind", kind},
          {"name", name_of(owner)},       {"uid", text(owner, {"metadata", "uid"})},
          {"blockOwnerDeletion", blocks}, {"controller", true}};
}

void set_condition(json& conditions, const std::string& type, const std::string& status, const std::string& reason,
                   const std::string& message, const std::string& now, bool with_update_time) {
  if (!conditions.is_array()) conditions = json::array();
  auto it =
      std::find_if(conditions.begin(), conditions.end(), [&](const json& one) { return text(one, {"type"}) == type; });
  if (it == conditions.end()) {
    conditions.push_back({{"type", type}});
    it = conditions.end() - 1;
  }
  if (text(*it, {"status"}) == status && text(*it, {"reason"}) == reason && text(*it, {"message"}) == message) return;
  // The deployment controller puts what has changed at the end.
  if (with_update_time && (text(*it, {"status"}) != status || text(*it, {"reason"}) != reason)) {
    json moved = std::move(*it);
    conditions.erase(it);
    conditions.push_back(std::move(moved));
    it = conditions.end() - 1;
  }
  if (text(*it, {"status"}) != status) (*it)["lastTransitionTime"] = now;
  (*it)["status"] = status;
  if (!reason.empty()) (*it)["reason"] = reason;
  if (!message.empty()) (*it)["message"] = message;
  if (with_update_time) (*it)["lastUpdateTime"] = now;
}

}  // namespace mesh::simulator
