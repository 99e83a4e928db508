#include "providers/simulator/apiserver/handlers/patch_handler.h"

#include <fmt/format.h>

#include "providers/simulator/apimachinery/managedfields/apply.h"
#include "providers/simulator/apimachinery/strategicpatch/json_patch.h"
#include "providers/simulator/apimachinery/strategicpatch/strategic_merge.h"
#include "providers/simulator/apiserver/handlers/create_handler.h"
#include "providers/simulator/apiserver/handlers/object_response.h"
#include "providers/simulator/apiserver/handlers/update_handler.h"
#include "providers/simulator/apiserver/handlers/writing.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

enum class PatchType { json, merge, strategic, apply };

std::optional<PatchType> patch_type(const std::string& content_type) {
  const std::string type = content_type.substr(0, content_type.find(';'));
  if (type == "application/json-patch+json") return PatchType::json;
  if (type == "application/merge-patch+json") return PatchType::merge;
  if (type == "application/strategic-merge-patch+json") return PatchType::strategic;
  if (type == "application/apply-patch+yaml") return PatchType::apply;
  return std::nullopt;
}

ApiError unsupported() {
  return {.code = 415,
          .reason = "UnsupportedMediaType",
          .message = "415: Unsupported Media Type",
          .details = json::object()};
}

ApiResult<json> read_patch(const Exchange& exchange, PatchType type) {
  const std::string& body = exchange.request.body;
  switch (type) {
    case PatchType::apply:
      return decode_apply(body);
    case PatchType::json:
      return decode_patch(PatchKind::operations, body);
    case PatchType::merge:
      if (body == "null") return tl::unexpected(bad_request("Invalid JSON Patch"));
      return decode_patch(PatchKind::merge, body);
    default:
      return decode_patch(PatchKind::strategic, body);
  }
}

ApiResult<json> patched(const Draft& draft, PatchType type, const json& live, const json& patch) {
  switch (type) {
    case PatchType::json:
      return json_patch(live, patch);
    case PatchType::merge:
      return merge_patch(live, patch);
    default:
      return strategic_merge_patch(draft.write, live, patch);
  }
}

std::optional<ApiError> check_config(const Exchange& exchange, const json& config) {
  const std::string api_version = text(config, {"apiVersion"});
  const std::string kind = text(config, {"kind"});
  if (kind == exchange.resource->kind && api_version == exchange.api_version()) return std::nullopt;
  const std::string group = api_version.find('/') == std::string::npos ? "/" : "";
  return bad_request(fmt::format("invalid object type: {}{}, Kind={}", group, api_version, kind));
}

ApiResult<Written> apply_config(Draft& draft, const StoredPtr& live, const json& patch) {
  Exchange& exchange = draft.exchange;
  if (!live && !exchange.info.subresource.empty() && !creates_on_update(*exchange.resource)) {
    return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  }
  if (auto error = check_config(exchange, patch)) return tl::unexpected(std::move(*error));
  json config = patch;
  if (!config["metadata"].is_object()) config["metadata"] = json::object();
  if (config["metadata"].contains("managedFields") && !config["metadata"]["managedFields"].is_null()) {
    return tl::unexpected(bad_request("metadata.managedFields must be nil"));
  }
  draft.applied = true;
  const json before = live ? object_in(*live, exchange.api_version()) : json();
  auto merged = server_side_apply(draft.write, before, config);
  if (!merged) return tl::unexpected(merged.error());
  json object = std::move(*merged);
  // Who applies is held to the identity and version that he names.
  for (const char* key : {"uid", "resourceVersion"}) {
    if (config["metadata"].contains(key)) object["metadata"][key] = config["metadata"][key];
  }
  if (const auto error = check_identity(exchange, object)) return tl::unexpected(*error);
  if (live) return update_from(draft, live, std::move(object));
  if (!exchange.info.subresource.empty()) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  if (auto error = check_may_create(draft)) return tl::unexpected(std::move(*error));
  return create_from(draft, std::move(object));
}

ApiResult<Written> patch_live(Draft& draft, PatchType type, const StoredPtr& live, const json& patch) {
  Exchange& exchange = draft.exchange;
  if (!live) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  auto tree = patched(draft, type, object_in(*live, exchange.api_version()), patch);
  if (!tree) return tl::unexpected(tree.error());
  if (type == PatchType::strategic) {
    // It works on the typed object: its kind goes without saying.
    (*tree)["kind"] = exchange.resource->kind;
    (*tree)["apiVersion"] = exchange.api_version();
  }
  auto object = settle_body(draft, *tree);
  if (!object) return tl::unexpected(object.error());
  if (const auto error = check_identity(exchange, *object)) return tl::unexpected(*error);
  return update_from(draft, live, std::move(*object));
}

}  // namespace

Answer patch_object(Cluster& cluster, Exchange& exchange) {
  const auto type = patch_type(exchange.header("content-type"));
  if (!type || (type == PatchType::strategic && exchange.resource->custom)) return tl::unexpected(unsupported());
  const bool apply = type == PatchType::apply;
  const auto options = write_options(exchange, apply ? WriteKind::apply : WriteKind::patch);
  if (!options) return tl::unexpected(options.error());
  const auto patch = read_patch(exchange, *type);
  if (!patch) return tl::unexpected(patch.error());
  Draft draft = draft_of(cluster, exchange, *options);
  std::unique_lock lock(cluster.writing);
  const StoredPtr live = cluster.store.find(exchange.stored_as(), exchange.info.ns, exchange.info.name);
  const auto written = apply ? apply_config(draft, live, *patch) : patch_live(draft, *type, live, *patch);
  lock.unlock();
  if (!written) return tl::unexpected(written.error());
  return object_answer(cluster, exchange, *written->object, written->status);
}

}  // namespace mesh::simulator
