#include "providers/simulator/apiserver/handlers/pod_streaming.h"

#include <fmt/format.h>
#include <algorithm>
#include <charconv>

#include "providers/simulator/apiserver/authorization/authorize.h"
#include "providers/simulator/apiserver/handlers/present.h"
#include "providers/simulator/apiserver/storage/selectors.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

bool flag(const Exchange& exchange, const std::string& name) {
  const std::string text = exchange.parameter(name);
  return text == "true" || text == "1";
}

std::vector<std::string> containers_of(const json& pod) {
  std::vector<std::string> names;
  for (const char* list : {"containers", "initContainers"}) {
    for (const json& one : pod["spec"].value(list, json::array())) names.push_back(one.value("name", ""));
  }
  return names;
}

// The container that is meant, or 400.
ApiResult<std::string> container_of(const Exchange& exchange, const Stored& pod) {
  const std::string given = exchange.parameter("container");
  const json object = pod.json();
  const std::vector<std::string> names = containers_of(object);
  if (!given.empty()) {
    if (std::find(names.begin(), names.end(), given) != names.end()) return given;
    return tl::unexpected(bad_request(fmt::format("container {} is not valid for pod {}", given, pod.name)));
  }
  const json containers = object["spec"].value("containers", json::array());
  if (containers.size() == 1) return containers[0].value("name", "");
  const json annotations = object["metadata"].value("annotations", json::object());
  const std::string preferred = annotations.value("kubectl.kubernetes.io/default-container", "");
  if (!preferred.empty()) return preferred;
  std::string choices;
  for (const json& one : containers) choices += (choices.empty() ? "" : " ") + one.value("name", "");
  return tl::unexpected(bad_request(
      fmt::format("a container name must be specified for pod {}, choose one of: [{}]", pod.name, choices)));
}

Upgrade upgrade_of(const Exchange& exchange) {
  Upgrade upgrade{.ns = exchange.info.ns, .pod = exchange.info.name, .container = {}, .command = {}, .ports = {}};
  upgrade.kind = exchange.info.subresource == "exec"     ? Upgrade::Kind::exec
                 : exchange.info.subresource == "attach" ? Upgrade::Kind::attach
                                                         : Upgrade::Kind::port_forward;
  const auto [from, to] = exchange.request.query.equal_range("command");
  for (auto at = from; at != to; ++at) upgrade.command.push_back(at->second);
  const auto [first, last] = exchange.request.query.equal_range("ports");
  for (auto at = first; at != last; ++at) {
    int port = 0;
    std::from_chars(at->second.data(), at->second.data() + at->second.size(), port);
    if (port != 0) upgrade.ports.push_back(port);
  }
  upgrade.in = flag(exchange, "stdin");
  upgrade.out = flag(exchange, "stdout");
  upgrade.error = flag(exchange, "stderr");
  upgrade.tty = flag(exchange, "tty");
  return upgrade;
}

// What begins as GET, as WebSockets must, needs the right to create besides (since 1.35).
bool may_create(const Cluster& cluster, const Exchange& exchange) {
  RequestInfo info = exchange.info;
  info.verb = "create";
  return exchange.info.verb == info.verb || authorize(exchange.user, info, cluster.store).allowed;
}

Answer open_stream(const Exchange& exchange, const Stored& pod) {
  Upgrade upgrade = upgrade_of(exchange);
  if (upgrade.kind != Upgrade::Kind::port_forward) {
    if (upgrade.kind == Upgrade::Kind::exec && upgrade.command.empty()) {
      return tl::unexpected(bad_request("you must specify at least 1 command for the container"));
    }
    const auto container = container_of(exchange, pod);
    if (!container) return tl::unexpected(container.error());
    upgrade.container = *container;
  }
  if (const std::string* node = pod.field("spec.nodeName"); node == nullptr || node->empty()) {
    return tl::unexpected(bad_request(fmt::format("pod {} does not have a host assigned", pod.name)));
  }
  if (exchange.header("upgrade").empty()) return tl::unexpected(bad_request("Upgrade request required"));
  ApiResponse response{.status = 101};
  response.upgrade = std::move(upgrade);
  return response;
}

// "NAME", "NAME:PORT" or "SCHEME:NAME:PORT".
struct Target {
  std::string name;
  std::string port;
};

Target target_of(const std::string& text) {
  const std::size_t last = text.rfind(':');
  if (last == std::string::npos) return {text, ""};
  const std::size_t first = text.find(':');
  if (first == last) return {text.substr(0, first), text.substr(first + 1)};
  return {text.substr(first + 1, last - first - 1), text.substr(last + 1)};
}

// What follows ".../proxy".
std::string rest_of_path(const std::string& path) {
  const std::size_t at = path.find("/proxy");
  const std::string rest = at == std::string::npos ? "" : path.substr(at + std::string("/proxy").size());
  return rest.empty() ? "/" : rest;
}

ApiError unavailable(const std::string& message) {
  return {.code = 503, .reason = "ServiceUnavailable", .message = message};
}

// A pod that the Service selects, and the port there.
ApiResult<Target> behind_service(const Cluster& cluster, const Exchange& exchange, const Target& target) {
  const std::string& ns = exchange.info.ns;
  const StoredPtr service = cluster.store.find("services", ns, target.name);
  if (!service) return tl::unexpected(not_found(*exchange.resource, target.name));
  const json spec = service->json()["spec"];
  const json selector = spec.value("selector", json::object());
  json port;
  for (const json& one : spec.value("ports", json::array())) {
    const bool meant = target.port.empty() || one.value("name", "") == target.port ||
                       std::to_string(one.value("port", 0)) == target.port;
    if (meant && port.is_null()) port = one;
  }
  if (port.is_null()) {
    return tl::unexpected(
        unavailable(fmt::format("no service port \"{}\" found for service \"{}\"", target.port, target.name)));
  }
  for (const StoredPtr& pod : cluster.store.read("pods", ns).objects) {
    const bool chosen =
        !selector.empty() && std::all_of(selector.items().begin(), selector.items().end(), [&](const auto& term) {
          const std::string* value = pod->label(term.key());
          return value != nullptr && term.value() == *value;
        });
    const std::string* phase = pod->field("status.phase");
    if (!chosen || pod->deleting || phase == nullptr || *phase != "Running") continue;
    const json to = port.value("targetPort", port.value("port", json(0)));
    return Target{pod->name, to.is_string() ? to.get<std::string>() : to.dump()};
  }
  return tl::unexpected(unavailable(fmt::format("no endpoints available for service \"{}\"", exchange.info.name)));
}

Answer proxy(Cluster& cluster, const Exchange& exchange) {
  Target target = target_of(exchange.info.name);
  if (exchange.resource->plural == "services") {
    auto behind = behind_service(cluster, exchange, target);
    if (!behind) return tl::unexpected(behind.error());
    target = std::move(*behind);
  }
  if (!cluster.store.find("pods", exchange.info.ns, target.name)) {
    return tl::unexpected(not_found(*exchange.resource, target.name));
  }
  const auto pods = cluster.pods();
  if (!pods) return tl::unexpected(unavailable("no pod answers"));
  return pods->proxy(exchange.info.ns, target.name, target.port, rest_of_path(exchange.request.path), exchange.request,
                     PodBackend::From::api_server);
}

}  // namespace

Answer handle_pod_door(Cluster& cluster, Exchange& exchange) {
  const std::string& part = exchange.info.subresource;
  if (part == "proxy" && exchange.resource->plural != "nodes") return proxy(cluster, exchange);
  const bool stream = part == "exec" || part == "attach" || part == "portforward";
  if (stream && exchange.request.method != "GET" && exchange.request.method != "POST") {
    return tl::unexpected(method_not_allowed());
  }
  if (stream && !may_create(cluster, exchange)) {
    return tl::unexpected(forbidden_object(*exchange.resource, exchange.info.name, ""));
  }
  const StoredPtr pod = cluster.store.find(exchange.stored_as(), exchange.info.ns, exchange.info.name);
  if (!pod) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  if (exchange.resource->plural != "pods") return tl::unexpected(method_not_allowed());
  if (stream) return open_stream(exchange, *pod);
  if (part != "log") return tl::unexpected(method_not_allowed());
  const auto container = container_of(exchange, *pod);
  if (!container) return tl::unexpected(container.error());
  const auto pods = cluster.pods();
  if (!pods) return tl::unexpected(unavailable("no pod answers"));
  auto query = exchange.request.query;
  query.erase("container");
  query.emplace("container", *container);
  return pods->log(exchange.info.ns, pod->name, query);
}

}  // namespace mesh::simulator
