#include "providers/simulator/server/fleet.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "providers/simulator/faults/fault_answer.h"
#include "providers/simulator/faults/request_facts.h"
#include "providers/simulator/server/control.h"
#include "providers/simulator/server/kubeconfig_text.h"

namespace mesh::simulator {
namespace {

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

Fleet::~Fleet() {
  // No request may arrive any more when what answers them is destroyed.
  listener_.reset();
}

Result<std::unique_ptr<Fleet>> Fleet::start(const FleetSettings& settings, Clock& clock) {
  std::unique_ptr<Fleet> fleet(new Fleet(settings.logs, clock));
  if (auto opened = fleet->open(settings); !opened) return failure(std::move(opened.error()));
  return fleet;
}

Result<void> Fleet::open(const FleetSettings& settings) {
  const ListenSettings& listen = settings.listen;
  auto started = Listener::start(listen, make_server_certificate(authority_, names_of(listen)), *this, clock_);
  if (!started) return failure(std::move(started.error()));
  listener_ = std::move(*started);
  address_ = fmt::format("https://{}:{}", host_text(listen.address), listener_->port());
  auto simulation = Simulation::start(settings, address_, authority_.certificate, clock_);
  if (!simulation) return failure(std::move(simulation.error()));
  simulation_ = std::move(*simulation);
  open_ = true;
  return {};
}

ResponsePlan Fleet::plan_response(const IncomingRequest& incoming) {
  if (!open_) return {.answer = [] { return plain_text(503, "not ready"); }};
  if (incoming.target.cluster.empty()) {
    return {.answer = [this, &incoming] {
      return control(simulation_->faults(), control_token_, simulation_->names(), incoming.request);
    }};
  }
  if (!simulation_->has(incoming.target.cluster)) return {.answer = [] { return plain_text(404, "no such cluster"); }};
  ApiServer& api = simulation_->api(incoming.target.cluster);
  std::vector<Fault> struck = simulation_->faults().strike(incoming.target.cluster, facts_of(incoming));
  using How = ResponsePlan::How;
  static const std::map<FaultKind, How> effects = {{FaultKind::truncate, How::truncate},
                                                   {FaultKind::cut, How::cut},
                                                   {FaultKind::silent, How::silent},
                                                   {FaultKind::down, How::drop}};
  ResponsePlan plan;
  for (const Fault& fault : struck) {
    if (fault.kind == FaultKind::slow) plan.delay += fault.delay;
    const auto how = effects.find(fault.kind);
    if (how != effects.end()) plan.how = std::max(plan.how, how->second);
  }
  plan.answer = [this, &api, &incoming, struck = std::move(struck)] { return answer(api, incoming, struck); };
  return plan;
}

ApiResponse Fleet::answer(ApiServer& api, const IncomingRequest& incoming, const std::vector<Fault>& struck) const {
  for (const Fault& fault : struck) {
    const RequestFacts facts = facts_of(incoming);
    if (auto instead = answer_of(fault, facts, claimed_user(incoming.request, api.settings().admin_token))) {
      ApiResponse response;
      response.status = instead->status;
      response.content_type = instead->content_type;
      response.headers.insert(instead->headers.begin(), instead->headers.end());
      response.body = std::move(instead->body);
      return response;
    }
    if (fault.kind == FaultKind::conflict) write_first(api, incoming, facts, incoming.request.body.size());
  }
  return api.handle(incoming.request);
}

void Fleet::answered(const IncomingRequest& incoming, int status, std::size_t bytes, Progress stage) {
  const std::string& cluster = incoming.target.cluster;
  if (!open_ || !simulation_->has(cluster)) return;
  const std::string user = claimed_user(incoming.request, simulation_->admin_token(cluster));
  audit_.write(cluster, audit_line(incoming, user, status, bytes, stage, clock_.wall()));
}

bool Fleet::silent(const IncomingRequest& incoming) const {
  return open_ && !incoming.target.cluster.empty() &&
         simulation_->faults().silences(incoming.target.cluster, facts_of(incoming));
}

std::shared_ptr<PodBackend> Fleet::pods(const std::string& cluster) {
  return open_ && simulation_->has(cluster) ? simulation_->api(cluster).pods() : nullptr;
}

std::string Fleet::kubeconfig(const std::string& cluster) const {
  return kubeconfig_text(cluster, simulation_->server(cluster), authority_.certificate,
                         simulation_->admin_token(cluster));
}

}  // namespace mesh::simulator
