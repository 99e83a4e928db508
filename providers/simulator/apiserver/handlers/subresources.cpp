#include <fmt/format.h>

#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/apiserver/authorization/reviews.h"
#include "providers/simulator/apiserver/handlers/maker.h"
#include "providers/simulator/apiserver/handlers/pod_streaming.h"
#include "providers/simulator/apiserver/handlers/present.h"
#include "providers/simulator/apiserver/handlers/removal.h"
#include "providers/simulator/apiserver/handlers/scale.h"
#include "providers/simulator/apiserver/handlers/verbs.h"
#include "providers/simulator/apiserver/handlers/writing.h"
#include "providers/simulator/apiserver/request/options.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

json success(int code) {
  return {
      {"kind", "Status"}, {"apiVersion", "v1"}, {"metadata", json::object()}, {"status", "Success"}, {"code", code}};
}

Answer issue_token(Cluster& cluster, Exchange& exchange) {
  constexpr int usual = 3600;  // seconds
  const auto options = write_options(exchange, WriteKind::create);
  if (!options) return tl::unexpected(options.error());
  Write write = write_of(exchange, *options, cluster.now_text());
  write.group = "authentication.k8s.io";
  write.kind = "TokenRequest";
  const auto given = decode_object(write, exchange.request.body, options->validation);
  if (!given) return tl::unexpected(given.error());
  json body = given->object;
  const std::string name = body["metadata"].value("name", "");
  if (!name.empty() && name != exchange.info.name) {
    return tl::unexpected(
        invalid(write.group, write.kind, exchange.info.name,
                {{"FieldValueInvalid",
                  fmt::format("Invalid value: {}: must match the service account name if specified", json(name).dump()),
                  "metadata.name"}}));
  }
  if (body["spec"]["expirationSeconds"].is_null()) body["spec"]["expirationSeconds"] = usual;
  body = with_maker(write, std::move(body));
  return from_reply(token_request(cluster.signer, cluster.store, exchange.info.ns, exchange.info.name, body,
                                  cluster.settings.clock->wall()));
}

// PUT namespaces/NAME/finalize: spec.finalizers alone is taken over.
Answer finalize_namespace(Cluster& cluster, Exchange& exchange) {
  const auto options = write_options(exchange, WriteKind::update);
  if (!options) return tl::unexpected(options.error());
  Draft draft = draft_of(cluster, exchange, *options);
  auto given = read_body(draft);
  if (!given) return tl::unexpected(given.error());
  if (const auto error = check_name(exchange, *given)) return tl::unexpected(*error);
  std::unique_lock lock(cluster.writing);
  const StoredPtr live = cluster.store.find("namespaces", "", exchange.info.name);
  if (!live) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  json object = live->json();
  const json desired = given->value("spec", json::object()).value("finalizers", json::array());
  if (desired.empty()) {
    object["spec"].erase("finalizers");
  } else {
    object["spec"]["finalizers"] = desired;
  }
  const auto written = update_from(draft, live, std::move(object));
  lock.unlock();
  if (!written) return tl::unexpected(written.error());
  return object_answer(cluster, exchange, *written->object);
}

Answer evict(Cluster& cluster, Exchange& exchange) {
  const auto body = parse_body(exchange.request.body, false);
  if (!body) return tl::unexpected(body.error());
  std::unique_lock lock(cluster.writing);
  if (!body->is_object() || body->value("metadata", json::object()).value("name", "") != exchange.info.name) {
    return tl::unexpected(bad_request("name in URL does not match name in Eviction object"));
  }
  const StoredPtr live = cluster.store.find("pods", exchange.info.ns, exchange.info.name);
  if (!live) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  auto options = remove_options(body->value("deleteOptions", json::object()));
  if (!options) return tl::unexpected(options.error());
  options->dry_run = options->dry_run || exchange.request.query.contains("dryRun");
  const auto removed = remove_object(cluster, *exchange.resource, live, *options);
  lock.unlock();
  if (!removed) return tl::unexpected(removed.error());
  return json_answer(success(201), 201);
}

Answer bind_pod(Cluster& cluster, Exchange& exchange) {
  const auto body = parse_body(exchange.request.body, false);
  if (!body) return tl::unexpected(body.error());
  std::unique_lock lock(cluster.writing);
  const StoredPtr live = cluster.store.find("pods", exchange.info.ns, exchange.info.name);
  if (!live) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  json pod = live->json();
  if (!pod["spec"].value("nodeName", "").empty()) {
    return tl::unexpected(conflict(
        "", "pods/binding", live->name,
        fmt::format("pod {} is already assigned to node {}", live->name, json(pod["spec"]["nodeName"]).dump())));
  }
  pod["spec"]["nodeName"] = body->value("target", json::object()).value("name", "");
  cluster.store.put("pods", std::move(pod));
  lock.unlock();
  return json_answer(success(201), 201);
}

}  // namespace

Answer handle_subresource(Cluster& cluster, Exchange& exchange) {
  const std::string& resource = exchange.resource->plural;
  const std::string& part = exchange.info.subresource;
  if (part == "scale") return handle_scale(cluster, exchange);
  if (resource == "serviceaccounts" && part == "token") return issue_token(cluster, exchange);
  if (resource == "namespaces" && part == "finalize") return finalize_namespace(cluster, exchange);
  if (resource == "pods" && part == "eviction") return evict(cluster, exchange);
  if (resource == "pods" && part == "binding") return bind_pod(cluster, exchange);
  return handle_pod_door(cluster, exchange);
}

}  // namespace mesh::simulator
