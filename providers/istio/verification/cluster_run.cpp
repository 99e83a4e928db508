#include "providers/istio/verification/cluster_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "engine/base/json.h"
#include "engine/base/time.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/desired/object_readiness.h"
#include "providers/istio/verification/judge_path.h"

namespace mesh::istio {
namespace {

using kubernetes::CallLimits;
using kubernetes::Read;
using kubernetes::ReadAnswer;
using nlohmann::json;

/// Of a question, and of the removal of a namespace with its pods.
constexpr std::chrono::seconds question_time(15);
constexpr std::chrono::seconds call_time(20);

CallLimits limits_of(const VerifyContext& context, std::chrono::milliseconds time) {
  return {.deadline = std::min<TimePoint>(context.clock.now() + time, context.last_moment), .stop = context.stop};
}

void fail(ClusterRun& run, Diagnostics why) { append(run.result.error, std::move(why)); }

Result<ReadAnswer> read_one(ClusterRun& run, Read read, const VerifyContext& context) {
  return std::move(run.client->read_all({std::move(read)}, limits_of(context, question_time)).front());
}

Diagnostic foreign_namespace(const std::string& cluster, const std::string& ns) {
  return {.code = Code::belongs_to_other_mesh,
          .where = fmt::format("cluster {}: Namespace {}", cluster, ns),
          .summary = "namespace was not created by this run",
          .cause = fmt::format("namespace {} exists already", ns),
          .hint = "verify again: every run has a namespace with another name"};
}

/// The revision whose injector is used: of the spec, else of the first istiod that is found.
Result<std::string> revision_of(ClusterRun& run, const VerifyContext& context) {
  if (context.mesh.revision != auto_revision) return context.mesh.revision;
  auto found =
      read_one(run, {.id = istiods_id(context.mesh.system_namespace), .label_selector = "app=istiod"}, context);
  if (!found) return failure(std::move(found.error()));
  for (const Object& deployment : found->objects) {
    const std::string revision = text_at(*deployment.body, {"metadata", "labels", revision_label});
    return revision.empty() ? std::string(default_revision) : revision;
  }
  return failure(Diagnostic{
      .code = Code::control_plane_missing,
      .where = "cluster " + run.cluster->name,
      .summary = "no istiod was found",
      .cause = fmt::format("namespace {} has no Deployment with label app=istiod", context.mesh.system_namespace),
      .hint = "install istiod, then verify again"});
}

/// Containers and, since native sidecars, init containers.
bool is_injected(const json& pod) {
  for (const char* list : {"containers", "initContainers"}) {
    for (const json& container : list_at(pod, {"spec", list})) {
      if (text_at(container, "name") == "istio-proxy") return true;
    }
  }
  return false;
}

Result<std::vector<VerifyPod>> pods_of(ClusterRun& run, const std::string& ns, const std::string& app,
                                       const VerifyContext& context) {
  auto found = read_one(run, {.id = {"v1", "Pod", ns, ""}, .label_selector = "app=" + app}, context);
  if (!found) return failure(std::move(found.error()));
  std::vector<VerifyPod> pods;
  for (const Object& pod : found->objects) {
    if (find_field(*pod.body, {"metadata", "deletionTimestamp"}) != nullptr) continue;
    pods.push_back(
        {.name = pod.id.name, .address = text_at(*pod.body, {"status", "podIP"}), .injected = is_injected(*pod.body)});
  }
  return pods;
}

Result<void> create_namespace(ClusterRun& run, const std::string& ns, const VerifyContext& context) {
  auto revision = revision_of(run, context);
  if (!revision) return failure(std::move(revision.error()));
  const Workload object = verify_namespace_object(ns, context.mesh.name, *revision, context.needed_until);
  run.may_have_created = true;
  bool retried = false;
  kubernetes::CallLimits limits = limits_of(context, question_time);
  limits.on_retry = [&retried](const std::string&, std::chrono::milliseconds) { retried = true; };
  auto applied = run.client->apply(object.id, object.body, kubernetes::Force::no, limits);
  if (!applied) return failure(std::move(applied.error()));
  // The first try may have made it, and its answer was lost: then all in it is ours.
  const auto& managers = applied->object.managers;
  const bool ours = retried && std::all_of(managers.begin(), managers.end(), [&](const ManagedFields& entry) {
                      return entry.manager == run.client->field_manager();
                    });
  if (!applied->created && !ours) {
    run.may_have_created = false;
    // Another client was faster: what was just written to its namespace is taken back.
    const json bare = {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", ns}}}};
    auto undone = run.client->apply(object.id, bare, kubernetes::Force::no, limits_of(context, question_time));
    Diagnostics why = {foreign_namespace(run.cluster->name, ns)};
    if (!undone) append(why, std::move(undone.error()));
    return failure(std::move(why));
  }
  run.ns_uid = applied->object.uid;
  return {};
}

Result<void> wait_ready(ClusterRun& run, const std::vector<Workload>& workloads, const VerifyContext& context) {
  for (const Workload& one : workloads) {
    if (one.id.kind != "Deployment") continue;
    const auto judge = [&](const Object* object) { return readiness_of(one.id, object); };
    const auto on_change = [&](const std::string& message) {
      context.on_event(run.cluster->name, fmt::format("waits for {}: {}", one.id.name, message));
    };
    auto ready = run.client->wait({one.id}, judge, on_change, limits_of(context, context.ready));
    if (!ready) return ready;
  }
  return {};
}

/// Reads the uid of the namespace.
Diagnostics find_uid(ClusterRun& run, const VerifyContext& context) {
  auto found = read_one(run, {.id = namespace_id(context.ns)}, context);
  if (!found) return std::move(found.error());
  if (found->objects.empty()) return {};
  const Object& there = found->objects.front();
  if (!is_verify_namespace(there, context.mesh.name)) return {foreign_namespace(run.cluster->name, context.ns)};
  run.ns_uid = there.uid;
  return {};
}

}  // namespace

Diagnostics remove_leftovers(ClusterRun& run, const VerifyContext& context) {
  auto found = read_one(run,
                        {.id = namespace_id(""),
                         .label_selector = verify_namespace_selector(),
                         .content = kubernetes::Content::metadata_only},
                        context);
  if (!found) {
    const bool refused = found.error().front().code == Code::forbidden;
    if (refused) context.on_event(run.cluster->name, "may not list namespaces, so what earlier runs left stays");
    if (!refused) fail(run, std::move(found.error()));
    return {};
  }
  Diagnostics warnings;
  for (const Object& one : found->objects) {
    if (!is_leftover(one, context.mesh.name, context.clock.wall())) continue;
    context.on_event(run.cluster->name, fmt::format("removes {}, which an earlier run left", one.id.name));
    auto removed = run.client->remove(one.id, one.uid, limits_of(context, removal_time), one.resource_version);
    if (removed) continue;
    for (Diagnostic& why : removed.error()) {
      why.severity = Severity::warning;
      warnings.push_back(std::move(why));
    }
  }
  return warnings;
}

void deploy_workloads(ClusterRun& run, const VerifyContext& context) {
  const std::string& ns = context.ns;
  if (auto created = create_namespace(run, ns, context); !created) return fail(run, std::move(created.error()));
  context.on_event(run.cluster->name, fmt::format("starts HelloWorld {} and Sleep", run.result.version));
  const std::vector<Workload> workloads = verify_workloads(ns, run.result.version, context.images);
  for (const Workload& one : workloads) {
    auto applied = run.client->apply(one.id, one.body, kubernetes::Force::no, limits_of(context, question_time));
    if (!applied) return fail(run, std::move(applied.error()));
  }
  if (auto ready = wait_ready(run, workloads, context); !ready) return fail(run, std::move(ready.error()));
  auto hello = pods_of(run, ns, hello_name, context);
  if (!hello) return fail(run, std::move(hello.error()));
  auto callers = pods_of(run, ns, sleep_name, context);
  if (!callers) return fail(run, std::move(callers.error()));
  if (callers->empty() || hello->empty()) {
    return fail(run,
                {{.code = Code::not_ready,
                  .where = "cluster " + run.cluster->name,
                  .summary = "workloads have no pods",
                  .cause = fmt::format("namespace {} has no pod of {}", ns, hello->empty() ? hello_name : sleep_name),
                  .hint = "a cluster without nodes or kubelets cannot be verified"}});
  }
  run.hello = std::move(*hello);
  run.callers = std::move(*callers);
}

void call_hello(ClusterRun& run, int requests, const VerifyContext& context) {
  const std::string& ns = context.ns;
  const kubernetes::ExecRequest call{
      .ns = ns,
      .pod = run.callers.front().name,
      .container = sleep_name,
      .command = {"curl", "-sS", "-m", "5", fmt::format("http://{}.{}:{}/hello", hello_name, ns, hello_port)}};
  run.failed_last = 0;
  for (int i = 0; i < requests && !context.stop.stop_requested(); ++i) {
    if (context.clock.now() >= context.last_moment) return;
    auto answer = run.client->exec(call, limits_of(context, call_time));
    if (!answer) return fail(run, std::move(answer.error()));
    ++run.result.sent;
    if (const auto hello = parse_hello(answer->out); answer->exit_code == 0 && hello) {
      ++run.answers[hello->instance];
      continue;
    }
    ++run.result.failed;
    ++run.failed_last;
    constexpr std::size_t longest = 300;
    run.last_failure = (answer->err + answer->out).substr(0, longest);
  }
}

Diagnostics remove_namespace(ClusterRun& run, const VerifyContext& context) {
  if (!run.may_have_created) return {};
  // Without the stop token: a stop must not leave anything behind.
  VerifyContext unstoppable = context;
  unstoppable.stop = {};
  unstoppable.last_moment = TimePoint::max();
  Diagnostics why;
  if (run.ns_uid.empty()) {
    why = find_uid(run, unstoppable);
    if (why.empty() && run.ns_uid.empty()) return {};
  }
  const std::string& ns = context.ns;
  if (why.empty()) {
    auto removed = run.client->remove(namespace_id(ns), run.ns_uid, limits_of(unstoppable, removal_time));
    if (removed) return {};
    why = std::move(removed.error());
  }
  why.push_back({.code = Code::incomplete,
                 .where = "cluster " + run.cluster->name,
                 .summary = "workloads of the verification are still there",
                 .cause = fmt::format("namespace {} could not be removed", ns),
                 .hint = fmt::format("run `kubectl delete namespace {}`; a `mesh verify` after {} removes it as well",
                                     ns, rfc3339(context.needed_until))});
  return why;
}

}  // namespace mesh::istio
