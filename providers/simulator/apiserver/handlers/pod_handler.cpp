#include "providers/simulator/apiserver/handlers/pod_handler.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/apiserver/authorization/rbac.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

/// The container that is meant, or 400.
ApiResult<std::string> container_of(const Exchange& exchange, const json& pod) {
  const std::string given = exchange.parameter("container");
  const json& containers = items(pod, {"spec", "containers"});
  if (!given.empty()) {
    for (const char* list : {"containers", "initContainers"}) {
      for (const json& one : items(pod, {"spec", list})) {
        if (text(one, {"name"}) == given) return given;
      }
    }
    return tl::unexpected(bad_request(fmt::format("container {} is not valid for pod {}", given, name_of(pod))));
  }
  if (containers.size() == 1) return text(containers[0], {"name"});
  if (std::string preferred = annotation(pod, "kubectl.kubernetes.io/default-container"); !preferred.empty()) {
    return preferred;
  }
  std::string choices;
  for (const json& one : containers) choices += (choices.empty() ? "" : " ") + text(one, {"name"});
  return tl::unexpected(bad_request(
      fmt::format("a container name must be specified for pod {}, choose one of: [{}]", name_of(pod), choices)));
}

/// What begins as GET, as WebSockets must, needs the right to create besides (since 1.35).
bool may_create(const Cluster& cluster, const Exchange& exchange) {
  RequestInfo info = exchange.info;
  info.verb = "create";
  return exchange.info.verb == info.verb || authorize(exchange.user, info, cluster.store).allowed;
}

Answer exec(const Cluster& cluster, const Exchange& exchange, const json& pod) {
  if (exchange.request.method != "GET" && exchange.request.method != "POST") {
    return tl::unexpected(method_not_allowed());
  }
  if (!may_create(cluster, exchange)) return tl::unexpected(forbidden_object("", "pods", name_of(pod), ""));
  Upgrade upgrade;
  upgrade.ns = exchange.info.ns;
  upgrade.pod = exchange.info.name;
  const auto [from, to] = exchange.request.query.equal_range("command");
  for (auto at = from; at != to; ++at) upgrade.command.push_back(at->second);
  if (upgrade.command.empty()) {
    return tl::unexpected(bad_request("you must specify at least 1 command for the container"));
  }
  const auto container = container_of(exchange, pod);
  if (!container) return tl::unexpected(container.error());
  upgrade.container = *container;
  upgrade.in = exchange.flag("stdin");
  upgrade.out = exchange.flag("stdout");
  upgrade.error = exchange.flag("stderr");
  upgrade.tty = exchange.flag("tty");
  if (text(pod, {"spec", "nodeName"}).empty()) {
    return tl::unexpected(bad_request(fmt::format("pod {} does not have a host assigned", upgrade.pod)));
  }
  if (exchange.header("upgrade").empty()) return tl::unexpected(bad_request("Upgrade request required"));
  ApiResponse response{.status = 101};
  response.upgrade = std::move(upgrade);
  return response;
}

ApiError no_backend() { return {.code = 503, .reason = "ServiceUnavailable", .message = "no pod answers"}; }

Answer log(const Cluster& cluster, const Exchange& exchange, const json& pod) {
  const auto container = container_of(exchange, pod);
  if (!container) return tl::unexpected(container.error());
  const auto pods = cluster.pods();
  if (!pods) return tl::unexpected(no_backend());
  auto query = exchange.request.query;
  query.erase("container");
  query.emplace("container", *container);
  return pods->log(exchange.info.ns, exchange.info.name, query);
}

/// The pod's name may be "NAME", "NAME:PORT" or "SCHEME:NAME:PORT".
Answer proxy(const Cluster& cluster, const Exchange& exchange) {
  std::string name = exchange.info.name;
  if (std::ranges::count(name, ':') > 1) name = name.substr(name.find(':') + 1);
  const std::size_t colon = std::min(name.find(':'), name.size());
  const std::string port = colon < name.size() ? name.substr(colon + 1) : "";
  name = name.substr(0, colon);
  if (!cluster.store.find("pods", exchange.info.ns, name)) return tl::unexpected(not_found(*exchange.resource, name));
  const auto pods = cluster.pods();
  if (!pods) return tl::unexpected(no_backend());
  const std::string& path = exchange.request.path;
  const std::string rest = path.substr(std::min(path.find("/proxy") + std::string("/proxy").size(), path.size()));
  return pods->proxy(exchange.info.ns, name, port, rest.empty() ? "/" : rest);
}

Answer bind_pod(Cluster& cluster, const Exchange& exchange) {
  const auto body = parse_body(exchange.request.body, false);
  if (!body) return tl::unexpected(body.error());
  const std::lock_guard lock(cluster.writing);
  const StoredPtr live = cluster.store.find("pods", exchange.info.ns, exchange.info.name);
  if (!live) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  json pod = live->json();
  if (const std::string node = text(pod, {"spec", "nodeName"}); !node.empty()) {
    return tl::unexpected(conflict("", "pods/binding", live->name,
                                   fmt::format("pod {} is already assigned to node \"{}\"", live->name, node)));
  }
  pod["spec"]["nodeName"] = text(*body, {"target", "name"});
  cluster.store.put("pods", std::move(pod));
  constexpr int created = 201;
  return json_response({{"kind", "Status"}, {"apiVersion", "v1"}, {"status", "Success"}, {"code", created}}, created);
}

}  // namespace

Answer handle_pod(Cluster& cluster, Exchange& exchange) {
  const std::string& part = exchange.info.subresource;
  if (part == "proxy") return proxy(cluster, exchange);
  if (part == "binding") return bind_pod(cluster, exchange);
  const StoredPtr pod = cluster.store.find("pods", exchange.info.ns, exchange.info.name);
  if (!pod) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  return part == "exec" ? exec(cluster, exchange, pod->json()) : log(cluster, exchange, pod->json());
}

}  // namespace mesh::simulator
