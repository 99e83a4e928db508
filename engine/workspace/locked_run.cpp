#include "engine/workspace/locked_run.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <vector>

#include "engine/base/printable.h"
#include "engine/base/time.h"
#include "engine/jobs/this_run.h"
#include "engine/jobs/workers.h"
#include "engine/plan/approval.h"
#include "engine/plan/compare_plans.h"
#include "engine/refresh/refresh.h"
#include "engine/workspace/recorded_objects.h"

namespace mesh {
namespace {

/// An annotation has 256 KiB at most, all of an object together.
constexpr std::size_t longest_addresses = 100'000;
constexpr int journals_at_once = 64;

/// What the plan writes to each cluster.
std::map<std::string, std::string> addresses_of(const Plan& plan) {
  std::map<std::string, std::string> addresses;
  for (const Action& action : plan.actions) {
    if (!writes(action)) continue;
    std::string& text = addresses[action.cluster];
    if (text.size() > longest_addresses) continue;
    text += text.empty() ? action.address.text : " " + action.address.text;
    if (text.size() > longest_addresses) text += " …";
  }
  return addresses;
}

std::vector<std::string> answered(const Workspace& workspace) {
  std::vector<std::string> clusters;
  for (const auto& [name, state] : workspace.live.clusters) {
    if (state.answered() && state.renamed_to() == nullptr) clusters.push_back(name);
  }
  return clusters;
}

}  // namespace

Result<std::unique_ptr<RunLocks>> lock_clusters(const Workspace& workspace, const Plan& plan, Console& console,
                                                const Env& env) {
  const LockHolder run{.run = new_run_id(),
                       .who = who_runs(),
                       .url = ci_run_url(),
                       .command = plan.intent == Intent::apply ? "apply" : "destroy",
                       .plan = "sha256:" + plan_digest(plan),
                       .since = rfc3339(env.clock.wall()),
                       .addresses = {}};
  const auto holder = [run, addresses = addresses_of(plan)](const std::string& cluster) {
    LockHolder mine = run;
    if (const auto found = addresses.find(cluster); found != addresses.end()) mine.addresses = found->second;
    return mine;
  };
  const auto waiting = [&console](const std::string& cluster, const ClusterLock& lock) {
    fmt::print(console.messages(), "Waiting for the lock of cluster {}: {}\n", cluster, to_string(lock.holder));
    console.messages().flush();
  };
  return RunLocks::take(workspace.provider->locks(), env.clock,
                        {.clusters = concerned_clusters(plan),
                         .holder = holder,
                         .patience = workspace.request.lock_timeout,
                         .waiting = waiting},
                        env.stop);
}

void read_again(Workspace& workspace, const Env& env) {
  std::map<std::string, ClusterSpec> again;
  for (const std::string& name : answered(workspace)) {
    const bool removed = workspace.removed.contains(name);
    const auto& specs = removed ? workspace.removed : workspace.spec.clusters;
    if (const auto spec = specs.find(name); spec != specs.end()) again.emplace(name, spec->second);
  }
  LiveState fresh =
      refresh(again, *workspace.provider, env.clock, {.budget = workspace.request.budgets.read}, env.stop);
  for (auto& [name, state] : fresh.clusters) workspace.live.clusters[name] = std::move(state);
  read_recorded_again(workspace, env);
}

Diagnostics recorded_meanwhile(const Workspace& workspace) {
  // One wait for a remote that does not answer is enough.
  const Diagnostics& read = workspace.diagnostics;
  const auto is_silent = [](const Diagnostic& one) { return one.code == Code::state_remote_failed; };
  if (std::any_of(read.begin(), read.end(), is_silent)) return {};
  Diagnostics told;
  const auto last = workspace.store->last(told);
  if (!last) return last.error();
  if (!*last) return {};
  Diagnostics found;
  for (const auto& [name, cluster] : (*last)->clusters) {
    const ClusterSnapshot* before = nullptr;
    if (workspace.last && workspace.last->clusters.contains(name)) before = &workspace.last->clusters.at(name);
    if (cluster.protect && before != nullptr && !before->protect) {
      found.push_back({.code = Code::protected_cluster,
                       .where = fmt::format("cluster {}", name),
                       .summary = "another run has protected the cluster meanwhile",
                       .cause = fmt::format("it is protected in snapshot {:.12}", (*last)->commit),
                       .hint = "nothing was changed; plan again"});
    }
    if (workspace.spec.clusters.contains(name) || before != nullptr) continue;
    found.push_back({.code = Code::ground_moved,
                     .where = fmt::format("cluster {}", name),
                     .summary = "another run has brought a cluster into the mesh meanwhile",
                     .cause = fmt::format("it is in snapshot {:.12}, and {} does not have it", (*last)->commit,
                                          workspace.request.spec_file),
                     .hint = "nothing was changed; plan again and see whether it is to be taken away"});
  }
  return found;
}

std::map<std::string, ClusterLock> open_journals(const Workspace& workspace, const std::set<std::string>& locked,
                                                 const Env& env) {
  std::vector<std::string> clusters = answered(workspace);
  std::erase_if(clusters, [&](const std::string& name) { return locked.contains(name); });
  std::vector<std::optional<ClusterLock>> found(clusters.size());
  for_each_index(clusters.size(), journals_at_once, [&](std::size_t at) {
    auto lock = workspace.provider->locks().read(clusters[at], env.stop);
    if (lock && *lock && !(*lock)->held()) found[at] = std::move(**lock);
  });
  std::map<std::string, ClusterLock> open;
  for (std::size_t i = 0; i < clusters.size(); ++i) {
    if (found[i]) open.emplace(clusters[i], std::move(*found[i]));
  }
  return open;
}

Diagnostics report_journals(const std::map<std::string, ClusterLock>& open, Journal what) {
  // Every run says the same in all its clusters, but for what it writes there.
  std::map<std::string, std::vector<std::string>> clusters_of;
  std::map<std::string, const LockHolder*> runs;
  for (const auto& [cluster, lock] : open) {
    const std::string run = lock.holder.plan + to_string(lock.holder);
    clusters_of[run].push_back(cluster);
    runs.emplace(run, &lock.holder);
  }
  Diagnostics found;
  for (const auto& [run, clusters] : clusters_of) {
    const LockHolder& holder = *runs.at(run);
    const bool closed = what == Journal::closed;
    found.push_back(
        {.code = Code::journal_open,
         .severity = Severity::warning,
         .where = fmt::format("cluster {}", fmt::join(clusters, ", ")),
         .summary = closed ? "closed the journal of a run that did not end" : "a run that writes did not end",
         .cause = fmt::format("{} (plan {}) did not end, and its lock was {}{}", to_string(holder),
                              printable(holder.plan), holder.run.empty() ? "released by hand" : "not renewed any more",
                              closed ? "; what it wrote was read and is recorded now" : ""),
         .hint = closed ? "look at what became of that run" : "`mesh apply` records what it wrote, and goes on"});
  }
  return found;
}

Diagnostics close_journals(const Workspace& workspace, const std::map<std::string, ClusterLock>& open) {
  Diagnostics problems;
  for (const auto& [cluster, lock] : open) {
    auto gone = workspace.provider->locks().release(cluster, lock.holder);
    if (gone) continue;
    for (Diagnostic& one : gone.error()) {
      one.severity = Severity::warning;
      problems.push_back(std::move(one));
    }
  }
  return problems;
}

}  // namespace mesh
