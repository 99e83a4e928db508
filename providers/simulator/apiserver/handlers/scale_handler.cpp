#include "providers/simulator/apiserver/handlers/scale_handler.h"

#include <fmt/format.h>

#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/apimachinery/strategicpatch/json_patch.h"
#include "providers/simulator/apiserver/handlers/object_response.h"
#include "providers/simulator/apiserver/handlers/scale_owners.h"
#include "providers/simulator/apiserver/handlers/update_handler.h"
#include "providers/simulator/apiserver/handlers/writing.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

json scale_of(const json& object) {
  json head = json::object();
  for (const char* key : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
    if (const json* value = at(object, {"metadata", key})) head[key] = *value;
  }
  std::string selector;
  if (const json* labels = at(object, {"spec", "selector", "matchLabels"})) {
    for (const auto& [key, value] : labels->items()) {
      selector += (selector.empty() ? "" : ",") + key + "=" + text(value, {});
    }
  }
  json status = {{"replicas", number(object, {"status", "replicas"})}};
  if (!selector.empty()) status["selector"] = selector;
  json spec = json::object();
  if (const auto replicas = number(object, {"spec", "replicas"}); replicas != 0) spec["replicas"] = replicas;
  return {{"kind", "Scale"}, {"apiVersion", "autoscaling/v1"}, {"metadata", head}, {"spec", spec}, {"status", status}};
}

// What the request makes of the scale.
ApiResult<json> desired_scale(const Draft& draft, const json& now) {
  const Exchange& exchange = draft.exchange;
  const std::string type = exchange.header("content-type");
  const bool apply = type.find("apply-patch") != std::string::npos;
  auto body = parse_body(exchange.request.body, apply || type.find("yaml") != std::string::npos);
  if (!body) return tl::unexpected(body.error());
  if (exchange.request.method == "PUT") return body;
  if (type.find("json-patch") != std::string::npos) {
    return json_patch(now, *body);
  }
  return merge_patch(now, *body);
}

std::optional<ApiError> check_scale(const Exchange& exchange, json& scale) {
  if (!scale.is_object() || !scale["metadata"].is_object()) return bad_request("the body is not a Scale");
  if (auto error = check_identity(exchange, scale)) return error;
  if (number(scale, {"spec", "replicas"}) >= 0) return std::nullopt;
  return invalid(
      "autoscaling", "Scale", name_of(scale),
      {{"FieldValueInvalid",
        fmt::format("Invalid value: {}: must be greater than or equal to 0", number(scale, {"spec", "replicas"})),
        "spec.replicas"}});
}

ApiResult<Written> write_scale(Draft& draft, const StoredPtr& live, bool apply) {
  json object = object_in(*live, draft.exchange.api_version());
  auto scale = desired_scale(draft, scale_of(object));
  if (!scale) return tl::unexpected(scale.error());
  if (auto error = check_scale(draft.exchange, *scale)) return tl::unexpected(std::move(*error));
  const std::int64_t replicas = number(*scale, {"spec", "replicas"});
  const bool changed = number(object, {"spec", "replicas"}) != replicas;
  object["spec"]["replicas"] = replicas;
  const std::string version = text(*scale, {"metadata", "resourceVersion"});
  object["metadata"]["resourceVersion"] = version.empty() ? std::to_string(live->version) : version;
  if (auto error = own_replicas(draft, apply, changed, object)) return tl::unexpected(std::move(*error));
  draft.applied = true;
  // Seen by the kind's rules as a change of its spec.
  draft.write.subresource.clear();
  return update_from(draft, live, std::move(object));
}

}  // namespace

Answer handle_scale(Cluster& cluster, Exchange& exchange) {
  const std::string resource = exchange.stored_as();
  if (exchange.request.method == "GET") {
    const StoredPtr live = cluster.store.find(resource, exchange.info.ns, exchange.info.name);
    if (!live) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
    return json_response(scale_of(live->json()));
  }
  const bool apply = exchange.header("content-type").starts_with("application/apply-patch");
  const WriteKind kind = exchange.request.method == "PUT" ? WriteKind::update
                         : apply                          ? WriteKind::apply
                                                          : WriteKind::patch;
  const auto options = write_options(exchange, kind);
  if (!options) return tl::unexpected(options.error());
  Draft draft = draft_of(cluster, exchange, *options);
  std::unique_lock lock(cluster.writing);
  const StoredPtr live = cluster.store.find(resource, exchange.info.ns, exchange.info.name);
  if (!live) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  const auto written = write_scale(draft, live, apply);
  lock.unlock();
  if (!written) return tl::unexpected(written.error());
  return json_response(scale_of(written->object->json()));
}

}  // namespace mesh::simulator
