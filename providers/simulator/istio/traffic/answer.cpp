#include "providers/simulator/istio/traffic/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "providers/simulator/istio/traffic/verdict.h"
#include "providers/simulator/objects/fields.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// Two other hosts after the first (Istio's default retry policy).
constexpr std::size_t tries = 3;

HttpOutcome no_answer(int exit_code, const std::string& words, Verdict verdict) {
  return {
      .exit_code = exit_code, .error = fmt::format("curl: ({}) {}", exit_code, words), .verdict = std::move(verdict)};
}

/// A Service by any of its names, as the caller's resolver and search list complete them.
std::optional<ServiceName> service_named(const Objects& objects, const std::string& own_space, std::string host) {
  for (const ObjectPtr& service : objects.list(resource::services, "")) {
    if (text(*service, {"spec", "clusterIP"}) == host) return ServiceName{namespace_of(*service), name_of(*service)};
  }
  if (host.ends_with('.')) host.pop_back();
  for (const char* tail : {".cluster.local", ".svc"}) {
    if (host.ends_with(tail)) host.resize(host.size() - std::string(tail).size());
  }
  const auto dot = host.find('.');
  if (dot == std::string::npos) return ServiceName{own_space, host};
  if (host.find('.', dot + 1) != std::string::npos) return std::nullopt;
  return ServiceName{host.substr(dot + 1), host.substr(0, dot)};
}

/// What Envoy writes when it gave up.
std::string envoy_body(Link link) {
  const std::string start = "upstream connect error or disconnect/reset before headers. ";
  switch (link) {
    case Link::roots:
    case Link::trust_domain:
      return start +
             "retried and the latest reset reason: remote connection failure, transport failure reason: "
             "TLS_error:|268435581:SSL routines:OPENSSL_internal:CERTIFICATE_VERIFY_FAILED:TLS_error_end";
    case Link::gateway_pods:
    case Link::gateway_port:
    case Link::program:
      return start +
             "retried and the latest reset reason: remote connection failure, transport failure reason: delayed "
             "connect error: Connection refused";
    case Link::exposure:
    case Link::listener:
    case Link::gateway_view:
    case Link::strict_mode:
    case Link::plaintext:
      return start + "retried and the latest reset reason: connection termination";
    default:
      return start + "retried and the latest reset reason: connection timeout";
  }
}

HttpOutcome said_by(const Target& target, int port, const HttpRequest& request) {
  HttpOutcome outcome{.status = 200, .cluster = target.world->name, .pod = name_of(*target.pod)};
  const Program program = program_at(*target.pod, port);
  if (program.kind == Program::Kind::hello) {
    const std::string path = request.path.substr(0, request.path.find('?'));
    if (path == "/hello") {
      outcome.body = fmt::format("Hello version: {}, instance: {}\n", program.version, outcome.pod);
    } else if (path != "/health") {
      outcome.status = 404;
      outcome.body =
          "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n<p>The requested URL was "
          "not found on the server. If you entered the URL manually please check your spelling and try again.</p>\n";
    } else {
      outcome.body = "Helloworld is healthy";
    }
  }
  return outcome;
}

/// The order in which the endpoints come for request n: each row of `count` requests begins with another one.
std::vector<std::size_t> order_for(const SimulatedClusters& clusters, const Caller& caller, const std::string& host,
                                   std::size_t count, std::uint64_t n) {
  // Not std::hash and std::shuffle: their results differ between libraries.
  std::uint64_t mixed = clusters.seed * 1099511628211U + n / count;
  for (const unsigned char c : caller.cluster + "/" + caller.ns + "/" + host) mixed = (mixed ^ c) * 1099511628211U;
  std::mt19937_64 random(mixed);
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = count; i > 1; --i) std::swap(order[i - 1], order[random() % i]);
  std::rotate(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(n % count), order.end());
  return order;
}

struct Candidate {
  Target target;
  Verdict verdict;
};

int port_of(const Candidate& candidate, const HttpRequest& request) {
  const Objects& objects = *candidate.target.world->objects;
  const ServiceName& name = candidate.target.service;
  const ObjectPtr service = objects.get(resource::services, name.ns, name.name);
  const json* declared = service == nullptr ? nullptr : declared_port(*service, request.port);
  if (declared == nullptr) return request.port;
  for (const ServiceEndpoint& one : endpoints_of(objects, name, text(*declared, {"name"}))) {
    if (one.address == candidate.target.address) return one.port;
  }
  return request.port;
}

HttpOutcome ask_proxy(const TrafficModel& model, const Caller& caller, const HttpRequest& request,
                      const std::vector<Candidate>& candidates, std::uint64_t n) {
  if (candidates.empty()) return {.status = 503, .body = "no healthy upstream"};
  const auto order = order_for(model.clusters(), caller, request.host, candidates.size(), n);
  for (std::size_t i = 0; i < std::min(tries, order.size()); ++i) {
    const Candidate& one = candidates[order[i]];
    if (one.verdict.reached()) return said_by(one.target, port_of(one, request), request);
  }
  const Verdict& last = candidates[order[std::min(tries, order.size()) - 1]].verdict;
  return {.status = 503, .body = envoy_body(last.broken), .verdict = last};
}

HttpOutcome ask_plainly(const TrafficModel& model, const Caller& caller, const HttpRequest& request,
                        const std::vector<Candidate>& candidates, std::uint64_t n) {
  const std::string place =
      fmt::format("Failed to connect to {} port {} after 0 ms: Couldn't connect to server", request.host, request.port);
  if (candidates.empty()) return no_answer(7, place, {Link::readiness, "there is no ready pod behind the Service"});
  // The kernel chooses once and does not try again.
  const Candidate& one = candidates[order_for(model.clusters(), caller, request.host, candidates.size(), n).front()];
  if (one.verdict.reached()) return said_by(one.target, port_of(one, request), request);
  if (one.verdict.broken == Link::strict_mode)
    return no_answer(56, "Recv failure: Connection reset by peer", one.verdict);
  return no_answer(7, place, one.verdict);
}

}  // namespace

HttpOutcome answer(const TrafficModel& model, const Caller& caller, const HttpRequest& request, std::uint64_t n) {
  const SimulatedCluster* from = model.clusters().find(caller.cluster);
  const bool plain = caller.pod != nullptr && !has_sidecar(*caller.pod);
  const auto name = service_named(*from->objects, caller.ns, request.host);
  const ObjectPtr service = name ? from->objects->get(resource::services, name->ns, name->name) : nullptr;
  std::vector<Candidate> candidates;
  Verdict first;
  bool known = service != nullptr;
  for (Target& target : name ? model.targets(*name) : std::vector<Target>()) {
    Verdict verdict = mesh::simulator::verdict(model, caller, target, request.port);
    if (first.reached()) first = verdict;
    known = known || (!plain && verdict.broken != Link::service && verdict.broken != Link::control_plane &&
                      is_tried(verdict.broken));
    if (is_tried(verdict.broken)) candidates.push_back({std::move(target), std::move(verdict)});
  }
  if (!known) {
    Verdict why{Link::service, fmt::format("{} has no Service {}, so the name does not resolve there", caller.cluster,
                                           name ? to_string(*name) : request.host)};
    return no_answer(6, fmt::format("Could not resolve host: {}", request.host), std::move(why));
  }
  if (service != nullptr && declared_port(*service, request.port) == nullptr) {
    Verdict why{Link::port, fmt::format("Service {} has no port {}", to_string(*name), request.port)};
    if (plain) {
      return no_answer(28,
                       fmt::format("Failed to connect to {} port {} after 130000 ms: Connection timed out",
                                   request.host, request.port),
                       std::move(why));
    }
    return no_answer(56, "Recv failure: Connection reset by peer", std::move(why));
  }
  HttpOutcome outcome =
      plain ? ask_plainly(model, caller, request, candidates, n) : ask_proxy(model, caller, request, candidates, n);
  if (outcome.status == 503 && outcome.verdict.reached()) outcome.verdict = std::move(first);
  return outcome;
}

}  // namespace mesh::simulator
