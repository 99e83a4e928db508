#include "providers/simulator/apiserver/handlers/scale.h"

#include <fmt/format.h>

#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/apimachinery/strategicpatch/json_patch.h"
#include "providers/simulator/apiserver/handlers/present.h"
#include "providers/simulator/apiserver/handlers/scale_owners.h"
#include "providers/simulator/apiserver/handlers/writing.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

std::string selector_text(const json& selector) {
  std::string text;
  const auto add = [&](const std::string& term) { text += (text.empty() ? "" : ",") + term; };
  const json labels = selector.value("matchLabels", json::object());
  for (const auto& [key, value] : labels.items()) add(key + "=" + value.get<std::string>());
  for (const json& one : selector.value("matchExpressions", json::array())) {
    const std::string op = one.value("operator", "");
    const std::string key = one.value("key", "");
    std::string values;
    for (const json& value : one.value("values", json::array())) {
      values += (values.empty() ? "" : ",") + value.get<std::string>();
    }
    if (op == "Exists") add(key);
    if (op == "DoesNotExist") add("!" + key);
    if (op == "In") add(fmt::format("{} in ({})", key, values));
    if (op == "NotIn") add(fmt::format("{} notin ({})", key, values));
  }
  return text;
}

json scale_of(const json& object) {
  const json& metadata = object["metadata"];
  json head = json::object();
  for (const char* key : {"name", "namespace", "uid", "resourceVersion", "creationTimestamp"}) {
    if (metadata.contains(key)) head[key] = metadata[key];
  }
  json status = {{"replicas", object.value("status", json::object()).value("replicas", 0)}};
  const std::string selector = selector_text(object["spec"].value("selector", json::object()));
  if (!selector.empty()) status["selector"] = selector;
  json spec = json::object();
  if (const int replicas = object["spec"].value("replicas", 0); replicas != 0) spec["replicas"] = replicas;
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

std::optional<ApiError> check_scale(const json& scale) {
  const std::string name = scale.value("metadata", json::object()).value("name", "");
  const json replicas = scale.value("spec", json::object()).value("replicas", json(0));
  if (!replicas.is_number_integer()) return bad_request("spec.replicas is no number");
  if (replicas.get<std::int64_t>() >= 0) return std::nullopt;
  return invalid(
      "autoscaling", "Scale", name,
      {{"FieldValueInvalid", fmt::format("Invalid value: {}: must be greater than or equal to 0", replicas.dump()),
        "spec.replicas"}});
}

ApiResult<Written> write_scale(Draft& draft, const StoredPtr& live, bool apply) {
  json object = object_in(*live, draft.exchange.api_version());
  const auto scale = desired_scale(draft, scale_of(object));
  if (!scale) return tl::unexpected(scale.error());
  if (auto error = check_name(draft.exchange, {{"metadata", scale->value("metadata", json::object())}})) {
    return tl::unexpected(std::move(*error));
  }
  if (auto error = check_scale(*scale)) return tl::unexpected(std::move(*error));
  const int replicas = (*scale).value("spec", json::object()).value("replicas", 0);
  const bool changed = object["spec"].value("replicas", 0) != replicas;
  object["spec"]["replicas"] = replicas;
  const std::string version = (*scale)["metadata"].value("resourceVersion", "");
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
    return json_answer(scale_of(live->json()));
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
  if (!live && kind == WriteKind::update) {
    const auto scale = desired_scale(draft, json::object());
    if (!scale) return tl::unexpected(scale.error());
    if (auto error = check_name(exchange, {{"metadata", scale->value("metadata", json::object())}})) {
      return tl::unexpected(std::move(*error));
    }
  }
  if (!live) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  const auto written = write_scale(draft, live, apply);
  lock.unlock();
  if (!written) return tl::unexpected(written.error());
  return json_answer(scale_of(written->object->json()));
}

}  // namespace mesh::simulator
