#include "providers/simulator/apiserver/handlers/create_handler.h"

#include <fmt/format.h>

#include "providers/simulator/apimachinery/managedfields/update.h"
#include "providers/simulator/apimachinery/schema/strategy.h"
#include "providers/simulator/apimachinery/validation/validate.h"
#include "providers/simulator/apiserver/authorization/rbac.h"
#include "providers/simulator/apiserver/handlers/object_response.h"
#include "providers/simulator/apiserver/handlers/writing.h"
#include "providers/simulator/apiserver/registry/kinds.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

constexpr int generated_name_tries = 8;

// What the server owns of a new object's metadata.
void fill_metadata(Draft& draft, json& metadata) {
  metadata["uid"] = draft.cluster.new_uid();
  metadata["creationTimestamp"] = draft.write.time;
  for (const char* key : {"selfLink", "deletionTimestamp", "deletionGracePeriodSeconds"}) metadata.erase(key);
}

void generate_name(Draft& draft, json& metadata) {
  constexpr std::size_t longest_base = 58;
  const std::string base = metadata.value("generateName", "");
  if (base.empty() || !metadata.value("name", "").empty()) return;
  const std::string resource = draft.exchange.stored_as();
  for (int i = 0; i < generated_name_tries; ++i) {
    metadata["name"] = base.substr(0, longest_base) + draft.cluster.name_suffix();
    if (!draft.cluster.store.find(resource, draft.exchange.info.ns, metadata["name"])) return;
  }
}

ApiError already_exists(const Exchange& exchange, const Stored& there) {
  const std::string& name = there.name;
  ApiError error = not_found(*exchange.resource, name);
  error.code = 409;
  error.reason = "AlreadyExists";
  error.message = fmt::format("{} \"{}\" already exists", exchange.stored_as(), name);
  if (there.deleting) error.message = "object is being deleted: " + error.message;
  return error;
}

}  // namespace

ApiResult<Written> create_from(Draft& draft, json object) {
  Exchange& exchange = draft.exchange;
  json& metadata = object["metadata"];
  const std::string wished = metadata.value("name", metadata.value("generateName", ""));
  if (!draft.applied) {
    wipe_system_metadata(object);
    object = track_update(draft.write, nullptr, std::move(object));
  }
  if (const auto error = check_home(draft, metadata.value("name", wished))) return tl::unexpected(*error);
  if (const auto error = admit(draft, nullptr, object)) return tl::unexpected(*error);
  const json version = metadata.value("resourceVersion", json());
  prepare_for_create(draft.write, object);
  fill_metadata(draft, metadata);
  generate_name(draft, metadata);
  if (auto error = validate_create(draft.write, object)) return tl::unexpected(std::move(*error));
  if (auto error = check_escalation(exchange.user, exchange.info, object, nullptr, draft.cluster.store)) {
    return tl::unexpected(std::move(*error));
  }
  if (const auto error = allocate(draft, nullptr, object)) return tl::unexpected(*error);
  if (version.is_string() && !version.get<std::string>().empty() && !draft.applied) {
    return tl::unexpected(
        ApiError{.code = 500, .reason = "", .message = "resourceVersion should not be set on objects to be created"});
  }
  metadata.erase("resourceVersion");
  const std::string name = metadata.value("name", "");
  if (const StoredPtr there = draft.cluster.store.find(exchange.stored_as(), exchange.info.ns, name)) {
    return tl::unexpected(already_exists(exchange, *there));
  }
  object["apiVersion"] = exchange.storage_version();
  if (draft.options.dry_run) return Written{unstored(exchange.stored_as(), std::move(object)), 201};
  return Written{draft.cluster.store.put(exchange.stored_as(), std::move(object)), 201};
}

Answer create_object(Cluster& cluster, Exchange& exchange) {
  const auto options = write_options(exchange, WriteKind::create);
  if (!options) return tl::unexpected(options.error());
  Draft draft = draft_of(cluster, exchange, *options);
  auto object = read_body(draft);
  if (!object) return tl::unexpected(object.error());
  if (const auto error = check_namespace(exchange, *object)) return tl::unexpected(*error);
  std::unique_lock lock(cluster.writing);
  const auto written = create_from(draft, std::move(*object));
  lock.unlock();
  if (!written) return tl::unexpected(written.error());
  return object_answer(cluster, exchange, *written->object, written->status);
}

}  // namespace mesh::simulator
