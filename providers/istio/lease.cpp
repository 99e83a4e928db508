#include "providers/istio/lease.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/port/cluster_locks.h"

namespace mesh::istio {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using SystemTime = std::chrono::system_clock::time_point;

constexpr const char* who_annotation = "mesh-engine.dev/lock-who";
constexpr const char* url_annotation = "mesh-engine.dev/lock-run-url";
constexpr const char* command_annotation = "mesh-engine.dev/lock-command";
constexpr const char* plan_annotation = "mesh-engine.dev/lock-plan";
constexpr const char* addresses_annotation = "mesh-engine.dev/lock-addresses";

std::string text_in(const json& body, std::initializer_list<std::string_view> path) {
  const json* found = find_field(body, path);
  return found != nullptr && found->is_string() ? found->get<std::string>() : std::string();
}

/// MicroTime: RFC 3339 with six digits behind the second.
std::string micro_time(SystemTime when) {
  std::string text = rfc3339(when);
  text.insert(text.size() - 1, ".000000");
  return text;
}

/// When the Lease was written last, by its API server; where that is not told, by the holder.
std::optional<SystemTime> renewed(const Object& lease) {
  std::optional<SystemTime> newest;
  for (const ManagedFields& entry : lease.managers) {
    const auto time = entry.time ? parse_rfc3339(*entry.time) : std::nullopt;
    if (time && (!newest || *time > *newest)) newest = time;
  }
  return newest ? newest : parse_rfc3339(text_in(lease.body, {"spec", "renewTime"}));
}

json as_read(const Object& lease) {
  return {{"metadata", {{"uid", lease.uid}, {"resourceVersion", lease.resource_version}}}};
}

json text_or_null(const std::string& text) { return text.empty() ? json() : json(text); }

}  // namespace

ObjectId lease_id(const std::string& ns, const std::string& mesh) {
  return {.api_version = "coordination.k8s.io/v1", .kind = "Lease", .ns = ns, .name = "mesh-lock." + mesh};
}

json lease_body(const ObjectId& id, const std::string& mesh) {
  return {{"apiVersion", id.api_version},
          {"kind", id.kind},
          {"metadata",
           {{"name", id.name}, {"namespace", id.ns}, {"labels", {{managed_by_label, "mesh"}, {mesh_label, mesh}}}}}};
}

json lease_patch(const Object& lease, const LockHolder& holder, SystemTime now) {
  json patch = as_read(lease);
  if (holder.run.empty()) {
    patch["spec"]["holderIdentity"] = json();
    return patch;
  }
  patch["metadata"]["annotations"] = {{who_annotation, text_or_null(holder.who)},
                                      {url_annotation, text_or_null(holder.url)},
                                      {command_annotation, text_or_null(holder.command)},
                                      {plan_annotation, text_or_null(holder.plan)},
                                      {addresses_annotation, text_or_null(holder.addresses)}};
  patch["spec"] = {{"holderIdentity", holder.run},
                   {"leaseDurationSeconds", ClusterLocks::duration.count()},
                   {"acquireTime", micro_time(now)},
                   {"renewTime", micro_time(now)}};
  return patch;
}

json renewal_patch(const Object& lease, SystemTime now) {
  json patch = as_read(lease);
  patch["spec"]["renewTime"] = micro_time(now);
  return patch;
}

std::optional<ClusterLock> lock_of(const Object& lease, SystemTime now) {
  const json& body = lease.body;
  ClusterLock lock;
  lock.holder = {.run = text_in(body, {"spec", "holderIdentity"}),
                 .who = text_in(body, {"metadata", "annotations", who_annotation}),
                 .url = text_in(body, {"metadata", "annotations", url_annotation}),
                 .command = text_in(body, {"metadata", "annotations", command_annotation}),
                 .plan = text_in(body, {"metadata", "annotations", plan_annotation}),
                 .since = {},
                 .addresses = text_in(body, {"metadata", "annotations", addresses_annotation})};
  if (lock.holder.run.empty() && lock.holder.who.empty()) return std::nullopt;
  if (const auto since = parse_rfc3339(text_in(body, {"spec", "acquireTime"}))) lock.holder.since = rfc3339(*since);
  const json* given = find_field(body, {"spec", "leaseDurationSeconds"});
  const seconds lasts =
      given != nullptr && given->is_number_integer() ? seconds(given->get<long>()) : ClusterLocks::duration;
  const auto last = renewed(lease);
  lock.age = last ? std::max(seconds(0), std::chrono::duration_cast<seconds>(now - *last)) : lasts;
  lock.left = lasts - lock.age;
  return lock;
}

}  // namespace mesh::istio
