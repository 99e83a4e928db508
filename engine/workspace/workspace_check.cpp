#include "engine/workspace/workspace_check.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/time.h"
#include "engine/plan/select.h"
#include "engine/refresh/read_checks.h"
#include "engine/workspace/plan_checks.h"
#include "providers/istio/checks/catalogue.h"
#include "providers/istio/checks/run_checks.h"
#include "providers/platform/platforms.h"

namespace mesh {
namespace {

Diagnostics idle_globs(const Workspace& workspace) {
  Diagnostics problems;
  for (const auto* globs : {&workspace.request.only, &workspace.request.exclude}) {
    for (const std::string& glob : *globs) {
      const auto& clusters = workspace.spec.clusters;
      if (std::any_of(clusters.begin(), clusters.end(),
                      [&](const auto& one) { return covers(glob, Address{one.first}); })) {
        continue;
      }
      problems.push_back({.code = Code::no_such_address,
                          .summary = "no cluster has such a name",
                          .cause = fmt::format("`{}` matches nothing in this mesh", glob),
                          .hint = "the spec names the clusters"});
    }
  }
  return problems;
}

}  // namespace

std::vector<CheckInfo> all_checks() { return istio::check_infos(); }

Result<CheckReport> check_workspace(const Workspace& workspace, CheckDepth depth, const std::set<std::string>& skipped,
                                    const Env& env) {
  Diagnostics problems = unknown_checks(skipped);
  append(problems, idle_globs(workspace));
  if (!problems.empty()) return failure(std::move(problems));
  RefreshLimits limits{.budget = workspace.request.budgets.read};
  if (workspace.request.parallelism > 0) limits.parallelism = workspace.request.parallelism;
  const auto readings =
      read_checks(workspace.spec.clusters, workspace.live, *workspace.provider, env.clock, depth, limits, env.stop);
  if (env.stop.stop_requested()) return failure(stopped());
  CheckReport report = istio::run_checks({.spec = workspace.spec,
                                          .platforms = platform::all(),
                                          .live = workspace.live,
                                          .readings = readings,
                                          .depth = depth,
                                          .skipped = skipped,
                                          .now = rfc3339(env.clock.wall())});
  append(report.diagnostics, workspace.diagnostics);
  return report;
}

}  // namespace mesh
