#include "providers/istio/verification/read_evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/json.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/istiod_pages.h"

namespace mesh::istio {
namespace {

using kubernetes::ExecRequest;
using nlohmann::json;

constexpr std::chrono::seconds evidence_time(15);
/// endpointShardz lists all endpoints of the mesh.
constexpr std::size_t largest_page = 64U << 20U;

kubernetes::CallLimits limits_of(const VerifyContext& context) {
  return {.deadline = std::min<TimePoint>(context.clock.now() + evidence_time, context.last_moment),
          .stop = context.stop};
}

std::string host_of(const std::string& ns) { return fmt::format("{}.{}.svc.cluster.local", hello_name, ns); }

bool all_injected(const ClusterRun& run) {
  const auto injected = [](const VerifyPod& pod) { return pod.injected; };
  return std::all_of(run.hello.begin(), run.hello.end(), injected) &&
         std::all_of(run.callers.begin(), run.callers.end(), injected);
}

std::set<std::string> addresses_of(const ClusterRun& run) {
  std::set<std::string> addresses;
  for (const VerifyPod& pod : run.hello) addresses.insert(pod.address);
  addresses.erase("");
  return addresses;
}

/// What the command prints; nothing when it could not be run or failed.
std::optional<std::string> ask(ClusterRun& run, ExecRequest exec, const VerifyContext& context) {
  exec.largest_output = largest_page;
  auto answer = run.client->exec(exec, limits_of(context));
  if (!answer || answer->exit_code != 0) return std::nullopt;
  return std::move(answer->out);
}

std::optional<json> ask_istiod(ClusterRun& run, const VerifyContext& context) {
  const auto pods =
      std::move(run.client->read_all({istiod_pods(context.mesh.system_namespace)}, limits_of(context)).front());
  if (!pods) return std::nullopt;
  for (const Object& pod : pods->objects) {
    if (!can_be_asked(pod)) continue;
    const auto page = ask(run, istiod_page(pod.id, "endpointShardz"), context);
    if (!page) continue;
    auto shards = parse_istiod_page(*page);
    if (shards && shards->is_object()) return shards;
  }
  return std::nullopt;
}

}  // namespace

CallerView ask_caller(ClusterRun& run, const VerifyContext& context) {
  const std::string& ns = context.ns;
  CallerView view;
  view.shards = ask_istiod(run, context);
  const auto page = ask(run,
                        {.ns = ns,
                         .pod = run.callers.front().name,
                         .container = "istio-proxy",
                         .command = {"pilot-agent", "request", "GET", "clusters"}},
                        context);
  if (page) view.endpoints = parse_proxy_endpoints(*page, host_of(ns));
  return view;
}

std::optional<int> ask_gateway(ClusterRun& run, const VerifyContext& context) {
  const auto found = std::move(
      run.client->read_all({{.id = gateway_deployment_id(context.mesh.system_namespace)}}, limits_of(context)).front());
  if (!found) return std::nullopt;
  if (found->objects.empty()) return 0;
  const json* available = find_field(*found->objects.front().body, {"status", "availableReplicas"});
  return available != nullptr && available->is_number_integer() ? available->get<int>() : 0;
}

PathEvidence evidence_of(const ClusterRun& from, const ClusterRun& to, const CallerView& view,
                         std::optional<int> gateway_pods, const VerifyContext& context) {
  return {.from = from.cluster->name,
          .to = to.cluster->name,
          .from_id = from.cluster->id,
          .to_id = to.cluster->id,
          .host = host_of(context.ns),
          .from_injected = all_injected(from),
          .to_injected = all_injected(to),
          .shards = view.shards,
          .endpoints = view.endpoints,
          .from_pods = addresses_of(from),
          .to_pods = addresses_of(to),
          .gateway_pods = gateway_pods,
          .errors = from.last_failure};
}

}  // namespace mesh::istio
