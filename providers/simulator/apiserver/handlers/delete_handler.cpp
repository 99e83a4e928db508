#include "providers/simulator/apiserver/handlers/delete_handler.h"

#include "engine/base/time.h"
#include "providers/simulator/apiserver/handlers/garbage_collector.h"

#include <fmt/format.h>
#include <algorithm>

#include "providers/simulator/apiserver/handlers/object_response.h"
#include "providers/simulator/apiserver/request/list_options.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

constexpr std::int64_t default_grace = 30;

std::optional<ApiError> check_preconditions(const ResourceInfo& resource, const Stored& live,
                                            const DeleteOptions& options) {
  const auto check = [&](const char* what, const std::string& asked, const std::string& is) -> std::optional<ApiError> {
    if (asked.empty() || asked == is) return std::nullopt;
    // The kind is where other messages have the resource, but for namespaces.
    return conflict(
        resource.group, resource.plural == "namespaces" ? resource.plural : live.kind, live.name,
        fmt::format("the {0} in the precondition ({1}) does not match the {0} in record ({2})", what, asked, is));
  };
  if (auto error = check("UID", options.uid, live.uid)) return error;
  return check("ResourceVersion", options.version, std::to_string(live.version));
}

std::vector<std::string> finalizers_after(const Stored& live, const DeleteOptions& options) {
  std::vector<std::string> finalizers = live.finalizers;
  if (!options.propagation) return finalizers;
  std::erase(finalizers, foreground_finalizer);
  std::erase(finalizers, orphan_finalizer);
  if (*options.propagation == Propagation::foreground) finalizers.emplace_back(foreground_finalizer);
  if (*options.propagation == Propagation::orphan) finalizers.emplace_back(orphan_finalizer);
  return finalizers;
}

// Only pods that a node runs end gracefully. 0: at once.
std::int64_t grace_of(const Stored& live, const json& object, const DeleteOptions& options) {
  if (live.resource != "pods") return 0;
  const std::string phase = text(object, {"status", "phase"});
  if (text(object, {"spec", "nodeName"}).empty() || phase == "Failed" || phase == "Succeeded") return 0;
  if (options.grace_seconds) return std::max<std::int64_t>(*options.grace_seconds, 0);
  return number(object, {"spec", "terminationGracePeriodSeconds"}, default_grace);
}

ApiResult<Removed> mark(Cluster& cluster, const StoredPtr& live, const DeleteOptions& options, json object,
                        const std::vector<std::string>& finalizers, std::int64_t grace) {
  json& metadata = object["metadata"];
  const json before = object;
  if (finalizers.empty()) {
    metadata.erase("finalizers");
  } else {
    metadata["finalizers"] = finalizers;
  }
  if (!live->deleting) {
    metadata["deletionTimestamp"] = rfc3339(cluster.settings.clock->wall() + std::chrono::seconds(grace));
    if (live->resource != "namespaces" && live->resource != "customresourcedefinitions.apiextensions.k8s.io") {
      metadata["deletionGracePeriodSeconds"] = grace;
    }
    if (metadata.value("generation", 0) > 0) metadata["generation"] = metadata["generation"].get<int>() + 1;
    if (live->resource == "namespaces") object["status"]["phase"] = "Terminating";
  }
  if (object == before) return Removed{live, false};
  if (options.dry_run) return Removed{make_stored(live->resource, std::move(object), live->version), false};
  return Removed{cluster.store.put(live->resource, std::move(object)), false};
}

bool is_immortal(const Stored& live) {
  return live.resource == "namespaces" &&
         (live.name == "default" || live.name == "kube-system" || live.name == "kube-public");
}

bool returns_object(const std::string& resource) {
  return resource == "services" || resource == "serviceaccounts" || resource == "pods" || resource == "namespaces";
}

json success(const Exchange& exchange, const Stored& stored) {
  json details = details_of(exchange.resource->group, exchange.resource->plural, stored.name);
  details["uid"] = stored.uid;
  return {{"kind", "Status"},
          {"apiVersion", "v1"},
          {"metadata", json::object()},
          {"status", "Success"},
          {"details", details}};
}

}  // namespace

ApiResult<Removed> remove_object(Cluster& cluster, const ResourceInfo& resource, const StoredPtr& live,
                                 const DeleteOptions& options) {
  if (auto error = check_preconditions(resource, *live, options)) return tl::unexpected(std::move(*error));
  if (is_immortal(*live)) {
    return tl::unexpected(
        forbidden_object(resource.group, resource.plural, live->name, "this namespace may not be deleted"));
  }
  const std::vector<std::string> finalizers = finalizers_after(*live, options);
  json object = live->json();
  const std::int64_t grace = grace_of(*live, object, options);
  const bool held_by_spec = live->resource == "namespaces" && !items(object, {"spec", "finalizers"}).empty();
  const bool ends_now = live->deleting && options.grace_seconds && *options.grace_seconds == 0;
  if (!finalizers.empty() || held_by_spec || (grace > 0 && !ends_now)) {
    return mark(cluster, live, options, std::move(object), finalizers, grace);
  }
  if (options.dry_run) return Removed{live, true};
  return Removed{cluster.store.remove(live->resource, live->ns, live->name), true};
}

Answer delete_object(Cluster& cluster, Exchange& exchange) {
  const auto options = delete_options(exchange);
  if (!options) return tl::unexpected(options.error());
  std::unique_lock lock(cluster.writing);
  const StoredPtr live = cluster.store.find(exchange.stored_as(), exchange.info.ns, exchange.info.name);
  if (!live) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  const auto removed = remove_object(cluster, *exchange.resource, live, *options);
  lock.unlock();
  if (!removed) return tl::unexpected(removed.error());
  if (removed->gone && !returns_object(live->resource)) return json_response(success(exchange, *live));
  return object_answer(cluster, exchange, *removed->object);
}

Answer delete_collection(Cluster& cluster, Exchange& exchange) {
  auto reading = list_options(exchange);
  if (!reading) return tl::unexpected(reading.error());
  // The body is DeleteOptions; the query has both.
  const auto options = delete_options(exchange);
  if (!options) return tl::unexpected(options.error());
  std::unique_lock lock(cluster.writing);
  const Listing listing = cluster.store.read(exchange.stored_as(), exchange.info.ns);
  std::vector<StoredPtr> hit;
  for (const StoredPtr& stored : listing.objects) {
    if (!reading->selection.matches(*stored)) continue;
    const auto removed = remove_object(cluster, *exchange.resource, stored, *options);
    if (!removed) return tl::unexpected(removed.error());
    hit.push_back(stored);
  }
  lock.unlock();
  json metadata = {{"resourceVersion", std::to_string(listing.revision)}};
  if (exchange.resource->custom && exchange.form == Form::object) metadata["continue"] = "";
  return list_answer(cluster, exchange, hit, metadata);
}

}  // namespace mesh::simulator
