#include "providers/simulator/apiserver/handlers/update_handler.h"

#include <fmt/format.h>
#include <charconv>

#include "providers/simulator/apimachinery/managedfields/managers.h"
#include "providers/simulator/apimachinery/managedfields/update.h"
#include "providers/simulator/apimachinery/schema/strategy.h"
#include "providers/simulator/apimachinery/validation/validate.h"
#include "providers/simulator/apiserver/authorization/rbac.h"
#include "providers/simulator/apiserver/handlers/create_handler.h"
#include "providers/simulator/apiserver/handlers/get_handler.h"
#include "providers/simulator/apiserver/handlers/object_response.h"
#include "providers/simulator/apiserver/handlers/writing.h"
#include "providers/simulator/apiserver/registry/kinds.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

constexpr const char* modified_since =
    "the object has been modified; please apply your changes to the latest version and try again";

std::optional<ApiError> check_version(const Draft& draft, const Stored& live, const json& object) {
  const Exchange& exchange = draft.exchange;
  const ResourceInfo& resource = *exchange.resource;
  // Not a 400.
  constexpr int not_a_number = 500;
  const auto version = version_number(text(object, {"metadata", "resourceVersion"}), not_a_number);
  if (!version) return version.error();
  if (*version == 0) {
    if (updates_unconditionally(resource)) return std::nullopt;
    return invalid(
        resource.group, resource.plural, live.name,
        {{"FieldValueInvalid", "Invalid value: 0: must be specified for an update", "metadata.resourceVersion"}});
  }
  if (*version == live.version) return std::nullopt;
  return conflict(resource.group, resource.plural, live.name, modified_since);
}

// PUT alone takes the body's uid as a precondition.
std::optional<ApiError> check_uid(const Exchange& exchange, const Stored& live, const json& object) {
  const std::string uid = text(object, {"metadata", "uid"});
  if (uid.empty() || uid == live.uid) return std::nullopt;
  return conflict(exchange.resource->group, exchange.resource->plural, live.name,
                  fmt::format("Precondition failed: UID in precondition: {}, UID in object meta: {}", uid, live.uid));
}

// The last finalizer of an object under deletion is gone: so is the object.
bool is_finished(const json& object) {
  if (at(object, {"metadata", "deletionTimestamp"}) == nullptr) return false;
  if (!items(object, {"metadata", "finalizers"}).empty()) return false;
  if (text(object, {"kind"}) == "Namespace") return items(object, {"spec", "finalizers"}).empty();
  return number(object, {"metadata", "deletionGracePeriodSeconds"}) == 0;
}

}  // namespace

ApiResult<Written> update_from(Draft& draft, const StoredPtr& live, json object) {
  Exchange& exchange = draft.exchange;
  const json before = object_in(*live, exchange.api_version());
  object["metadata"]["namespace"] = live->ns;
  if (live->ns.empty()) object["metadata"].erase("namespace");
  if (!draft.applied) object = track_update(draft.write, before, std::move(object));
  if (auto error = check_version(draft, *live, object)) return tl::unexpected(std::move(*error));
  object["metadata"]["resourceVersion"] = std::to_string(live->version);
  prepare_for_update(draft.write, before, object);
  if (auto error = admit(draft, before, object)) return tl::unexpected(std::move(*error));
  if (auto error = validate_update(draft.write, before, object)) return tl::unexpected(std::move(*error));
  if (auto error = check_escalation(exchange.user, exchange.info, object, before, draft.cluster.store)) {
    return tl::unexpected(std::move(*error));
  }
  if (auto error = allocate(draft, before, object)) return tl::unexpected(std::move(*error));
  // Once all of it is known, a write that changes nothing leaves the times of its owners alone.
  keep_times_of_equal(before, object);
  if (object == before) return Written{live, 200};
  const bool finished = is_finished(object);
  object["apiVersion"] = exchange.storage_version();
  const std::string resource = exchange.stored_as();
  if (draft.options.dry_run) return Written{unstored(resource, std::move(object)), 200};
  if (finished) {
    draft.cluster.store.remove(resource, live->ns, live->name);
    return Written{unstored(resource, std::move(object)), 200};
  }
  return Written{draft.cluster.store.put(resource, std::move(object)), 200};
}

Answer update_object(Cluster& cluster, Exchange& exchange) {
  const auto options = write_options(exchange, WriteKind::update);
  if (!options) return tl::unexpected(options.error());
  Draft draft = draft_of(cluster, exchange, *options);
  auto object = read_body(draft);
  if (!object) return tl::unexpected(object.error());
  if (const auto error = check_identity(exchange, *object)) return tl::unexpected(*error);
  std::unique_lock lock(cluster.writing);
  const StoredPtr live = cluster.store.find(exchange.stored_as(), exchange.info.ns, exchange.info.name);
  ApiResult<Written> written;
  if (live) {
    if (auto error = check_uid(exchange, *live, *object)) return tl::unexpected(std::move(*error));
    written = update_from(draft, live, std::move(*object));
  } else {
    if (!creates_on_update(*exchange.resource) || !exchange.info.subresource.empty()) {
      return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
    }
    if (auto error = check_may_create(draft)) return tl::unexpected(std::move(*error));
    written = create_from(draft, std::move(*object));
  }
  lock.unlock();
  if (!written) return tl::unexpected(written.error());
  return object_answer(cluster, exchange, *written->object, written->status);
}

}  // namespace mesh::simulator
