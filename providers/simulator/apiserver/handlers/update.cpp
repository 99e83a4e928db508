#include <fmt/format.h>
#include <charconv>

#include "providers/simulator/apimachinery/managedfields/managers.h"
#include "providers/simulator/apimachinery/managedfields/update.h"
#include "providers/simulator/apimachinery/schema/strategy.h"
#include "providers/simulator/apimachinery/validation/validate.h"
#include "providers/simulator/apiserver/authorization/authorize.h"
#include "providers/simulator/apiserver/handlers/convert.h"
#include "providers/simulator/apiserver/handlers/present.h"
#include "providers/simulator/apiserver/handlers/verbs.h"
#include "providers/simulator/apiserver/handlers/writing.h"
#include "providers/simulator/apiserver/registry/kinds.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

constexpr const char* modified_since =
    "the object has been modified; please apply your changes to the latest version and try again";

// Empty counts as absent. Errors: 500 as for any text that is no number.
ApiResult<std::uint64_t> given_version(const json& object) {
  const json text = object["metadata"].value("resourceVersion", json(""));
  if (!text.is_string()) return 0;
  const auto& digits = text.get_ref<const std::string&>();
  if (digits.empty()) return 0;
  std::uint64_t version = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), version);
  if (error == std::errc() && end == digits.data() + digits.size()) return version;
  return tl::unexpected(ApiError{
      .code = 500, .reason = "", .message = fmt::format("strconv.ParseUint: parsing {}: invalid syntax", text.dump())});
}

std::optional<ApiError> check_version(const Draft& draft, const Stored& live, const json& object) {
  const Exchange& exchange = draft.exchange;
  const ResourceInfo& resource = *exchange.resource;
  const auto version = given_version(object);
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
  const std::string uid = object["metadata"].value("uid", "");
  if (uid.empty() || uid == live.uid) return std::nullopt;
  return conflict(exchange.resource->group, exchange.resource->plural, live.name,
                  fmt::format("StorageError: invalid object, Code: 4, Key: {}, ResourceVersion: 0, AdditionalErrorMsg: "
                              "Precondition failed: UID in precondition: {}, UID in object meta: {}",
                              storage_key(exchange, live.name), uid, live.uid));
}

// The last finalizer of an object under deletion is gone: so is the object.
bool is_finished(const json& object) {
  const json& metadata = object["metadata"];
  if (!metadata.contains("deletionTimestamp") || !metadata.value("finalizers", json::array()).empty()) return false;
  if (object.value("kind", "") == "Namespace") {
    return object.value("spec", json::object()).value("finalizers", json::array()).empty();
  }
  return metadata.value("deletionGracePeriodSeconds", 0) == 0;
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
  if (auto reply = check_escalation(exchange.user, exchange.info, object, before, draft.cluster.store)) {
    return tl::unexpected(error_of(*reply));
  }
  if (auto error = allocate(draft, before, object)) return tl::unexpected(std::move(*error));
  // Once all of it is known, a write that changes nothing leaves the times of its owners alone.
  keep_times_of_equal(before, object);
  if (object == before) return Written{live, 200};
  const bool finished = is_finished(object);
  object = converted(std::move(object), exchange.storage_version());
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
  if (const auto error = check_name(exchange, *object)) return tl::unexpected(*error);
  if (const auto error = check_namespace(exchange, *object)) return tl::unexpected(*error);
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
