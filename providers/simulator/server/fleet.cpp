#include "providers/simulator/server/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "providers/simulator/faults/fault_answer.h"
#include "providers/simulator/faults/request_facts.h"
#include "providers/simulator/server/control.h"
#include "providers/simulator/server/kubeconfig_text.h"

namespace mesh::simulator {
namespace {

bool strikes(const std::vector<Fault>& struck, FaultKind kind) {
  return std::any_of(struck.begin(), struck.end(), [&](const Fault& one) { return one.kind == kind; });
}

ApiResponse plain(int status, const std::string& text) {
  ApiResponse response;
  response.status = status;
  response.content_type = "text/plain; charset=utf-8";
  response.body = text + "\n";
  return response;
}

std::string host_text(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

/// What the certificate is good for: the loopback's names and the address listened on.
std::vector<std::string> names_of(const ListenSettings& listen) {
  std::vector<std::string> names = {"127.0.0.1", "localhost", "::1"};
  if (std::find(names.begin(), names.end(), listen.address) == names.end()) names.push_back(listen.address);
  return names;
}

RequestFacts facts_of(const IncomingRequest& incoming) {
  RequestFacts facts = request_facts(incoming.request.method, incoming.target.uri);
  const auto agent = incoming.request.headers.find("user-agent");
  if (agent != incoming.request.headers.end()) facts.user_agent = agent->second;
  return facts;
}

world::WorldFaults asked_of(FaultSet& faults) {
  return {.no_address = [&faults](const std::string& cluster, const std::string& ns,
                                  const std::string& name) { return faults.no_load_balancer(cluster, ns, name); },
          .deaf_istiod = [&faults](const std::string& cluster, const std::string& ns,
                                   const std::string& name) { return faults.istiod_ignores_secret(cluster, ns, name); },
          .api_down = [&faults](const std::string&, const std::string& cluster) { return faults.down(cluster); },
          .pod_stuck = [&faults](const std::string& cluster, const std::string& ns,
                                 const std::string& name) { return faults.pod_not_ready(cluster, ns, name); },
          .address_kind = [&faults](const std::string& cluster) -> std::optional<LoadBalancerAddress> {
            if (faults.current(FaultKind::load_balancer_ip, cluster)) return LoadBalancerAddress::ip;
            if (faults.current(FaultKind::load_balancer_hostname, cluster)) return LoadBalancerAddress::hostname;
            return std::nullopt;
          },
          .address_delay = [&faults](const std::string& cluster) -> std::optional<std::chrono::milliseconds> {
            const auto slow = faults.current(FaultKind::load_balancer_slow, cluster);
            if (!slow) return std::nullopt;
            return slow->delay;
          }};
}

bool is_available(const StoredPtr& deployment) {
  if (!deployment) return false;
  const nlohmann::json object = deployment->json();
  return object.contains("status") && object["status"].value("availableReplicas", 0) > 0;
}

/// Another writer: touches an object that is there, and nothing else of it.
void write_first(ApiServer& api, const IncomingRequest& incoming, const RequestFacts& facts, std::size_t bytes) {
  if (facts.name.empty()) return;
  std::string path = incoming.target.uri.substr(0, incoming.target.uri.find('?'));
  if (!facts.subresource.empty()) path.resize(path.rfind('/'));
  // Any value that differs from the last one will do.
  const std::string value = fmt::format("{}-{}", incoming.at.time_since_epoch().count(), bytes);
  api.call("another-writer/1.0", "PATCH", path,
           {{"metadata", {{"annotations", {{"simulator.example/another-writer", value}}}}}},
           "application/merge-patch+json");
}

}  // namespace

Fleet::Fleet(FleetSettings settings, Clock& clock)
    : settings_(std::move(settings)), clock_(clock), faults_(clock, settings_.seed), audit_(settings_.logs) {}

Fleet::~Fleet() {
  // Nobody asks any more before what answers goes.
  listener_.reset();
  time_keeper_ = {};
  if (world_) world_->stop();
}

Result<std::unique_ptr<Fleet>> Fleet::start(FleetSettings settings, Clock& clock) {
  std::unique_ptr<Fleet> fleet(new Fleet(std::move(settings), clock));
  for (const Fault& fault : fleet->settings_.faults) {
    if (fleet->faults_.add(fault)) continue;
    return failure({.code = Code::duplicate_id,
                    .summary = "two faults have one id",
                    .cause = fmt::format("`{}` is the id of two faults", fault.id),
                    .hint = "choose another"});
  }
  if (auto opened = fleet->open(); !opened) return failure(std::move(opened.error()));
  if (auto installed = fleet->install(); !installed) return failure(std::move(installed.error()));
  return fleet;
}

Result<void> Fleet::open() {
  const ListenSettings& listen = settings_.listen;
  auto started = Listener::start(listen, authority_.server(names_of(listen)), *this, clock_);
  if (!started) return failure(std::move(started.error()));
  listener_ = std::move(*started);
  address_ = fmt::format("https://{}:{}", host_text(listen.address), listener_->port());
  world_.emplace(clock_, settings_.seed, asked_of(faults_));
  for (const FleetCluster& desired : settings_.clusters) {
    Cluster& cluster = clusters_[desired.name];
    cluster.admin_token = random_hex(24);
    ApiServerSettings api;
    api.name = desired.name;
    api.clock = &clock_;
    api.ca_pem = authority_.pem();
    api.admin_token = cluster.admin_token;
    cluster.api = std::make_unique<ApiServer>(std::move(api));
  }
  faults_.on_change([this] { faults_changed(); });
  return {};
}

Result<void> Fleet::install() {
  int number = 0;
  for (const FleetCluster& desired : settings_.clusters) {
    ApiServer& api = *clusters_.at(desired.name).api;
    if (desired.istio) {
      if (const std::string refused = world::install_istio(api, *desired.istio); !refused.empty()) {
        return failure({.code = Code::internal,
                        .where = fmt::format("cluster {}", desired.name),
                        .summary = "istiod could not be installed in a simulated cluster",
                        .cause = refused});
      }
    }
    world_->add(api, {.name = desired.name,
                      .servers = {server(desired.name)},
                      .platform = desired.platform,
                      .number = ++number,
                      .underlay = desired.underlay,
                      .system_namespace = desired.system_namespace,
                      .delays = settings_.delays});
  }
  world_->start();
  time_keeper_ = std::jthread([this](const std::stop_token& stop) { keep_time(stop); });
  open_ = true;
  wait_for_istiods();
  return {};
}

void Fleet::wait_for_istiods() const {
  const world::Delays& delays = settings_.delays;
  // Faults that are on from the start may keep them from it for ever.
  const TimePoint deadline = clock_.now() + delays.pod_start + delays.pod_ready + std::chrono::seconds(5);
  for (const FleetCluster& desired : settings_.clusters) {
    if (!desired.istio) continue;
    const std::string& revision = desired.istio->revision;
    const std::string name = revision == "default" ? "istiod" : "istiod-" + revision;
    const ApiServer& api = *clusters_.at(desired.name).api;
    while (!is_available(api.find("deployments.apps", desired.system_namespace, name)) && clock_.now() < deadline) {
      clock_.sleep_until(clock_.now() + std::chrono::milliseconds(5), {});
    }
  }
}

void Fleet::keep_time(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::stop_source sleep;
    {
      const std::lock_guard lock(sleep_mutex_);
      sleep_ = sleep;
    }
    // Asked after a waker can be heard, so that no change is missed.
    const auto next = faults_.next_change();
    const std::stop_callback end(stop, [&] { sleep.request_stop(); });
    const bool slept = clock_.sleep_until(next.value_or(clock_.now() + std::chrono::hours(1)), sleep.get_token());
    if (slept && next) world_->faults_changed();
  }
}

void Fleet::faults_changed() {
  world_->faults_changed();
  const std::lock_guard lock(sleep_mutex_);
  sleep_.request_stop();
}

ResponsePlan Fleet::plan_response(const IncomingRequest& incoming) {
  if (!open_) return {.answer = [] { return plain(503, "not ready"); }};
  if (incoming.target.cluster.empty()) {
    return {.answer = [this, &incoming] {
      std::vector<std::string> names;
      for (const FleetCluster& one : settings_.clusters) names.push_back(one.name);
      return control(faults_, control_token_, names, incoming.request);
    }};
  }
  const auto found = clusters_.find(incoming.target.cluster);
  if (found == clusters_.end()) return {.answer = [] { return plain(404, "no such cluster"); }};
  const Cluster& cluster = found->second;
  std::vector<Fault> struck = faults_.strike(incoming.target.cluster, facts_of(incoming));
  ResponsePlan plan;
  for (const Fault& fault : struck) {
    if (fault.kind == FaultKind::slow) plan.delay += fault.delay;
    if (fault.kind == FaultKind::truncate) plan.how = ResponsePlan::How::truncate;
  }
  if (strikes(struck, FaultKind::cut)) plan.how = ResponsePlan::How::cut;
  if (strikes(struck, FaultKind::down)) plan.how = ResponsePlan::How::drop;
  plan.answer = [this, &cluster, &incoming, struck = std::move(struck)] { return answer(cluster, incoming, struck); };
  return plan;
}

ApiResponse Fleet::answer(const Cluster& cluster, const IncomingRequest& incoming,
                          const std::vector<Fault>& struck) const {
  for (const Fault& fault : struck) {
    const RequestFacts facts = facts_of(incoming);
    if (auto instead = answer_of(fault, facts, claimed_user(incoming.request, cluster.admin_token))) {
      ApiResponse response;
      response.status = instead->status;
      response.content_type = instead->content_type;
      response.headers.insert(instead->headers.begin(), instead->headers.end());
      response.body = std::move(instead->body);
      return response;
    }
    if (fault.kind == FaultKind::conflict) write_first(*cluster.api, incoming, facts, incoming.request.body.size());
  }
  return cluster.api->handle(incoming.request);
}

void Fleet::answered(const IncomingRequest& incoming, int status, std::size_t bytes, Progress stage) {
  const auto found = clusters_.find(incoming.target.cluster);
  if (!open_ || found == clusters_.end()) return;
  const std::string user = claimed_user(incoming.request, found->second.admin_token);
  audit_.write(found->first, audit_line(incoming, user, status, bytes, stage, clock_.wall()));
}

std::shared_ptr<PodBackend> Fleet::pods(const std::string& cluster) {
  const auto found = clusters_.find(cluster);
  return found == clusters_.end() ? nullptr : found->second.api->pods();
}

std::string Fleet::kubeconfig(const std::string& cluster) const {
  return kubeconfig_text(cluster, server(cluster), authority_.pem(), clusters_.at(cluster).admin_token);
}

std::string Fleet::server(const std::string& cluster) const { return fmt::format("{}/clusters/{}", address_, cluster); }

}  // namespace mesh::simulator
