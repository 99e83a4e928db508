#include "engine/workspace/plan_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "engine/base/suggest.h"
#include "engine/plan/hold_back.h"
#include "engine/plan/select.h"
#include "providers/istio/checks/catalogue.h"
#include "providers/istio/checks/run_checks.h"
#include "providers/platform/platforms.h"

namespace mesh {
namespace {

std::string place_of(const Finding& finding) {
  std::string where = finding.cluster.empty() ? std::string() : fmt::format("cluster {}", finding.cluster);
  if (!finding.peer.empty()) where += fmt::format(" and cluster {}", finding.peer);
  if (finding.object) where += fmt::format("{}{}", where.empty() ? "" : ": ", to_string(*finding.object));
  return where;
}

/// An error that is seen in no one cluster refuses the whole plan where that writes anything.
Diagnostic diagnostic_of(const Finding& finding, const Plan& plan) {
  const bool refuses = finding.severity == FindingSeverity::error && finding.cluster.empty() && has_changes(plan);
  const std::string way_out = fmt::format("`--skip-check {}` plans without this check", finding.id);
  return {.code = Code::check_fired,
          .severity = refuses ? Severity::error : Severity::warning,
          .where = place_of(finding),
          .summary = fmt::format("check {}", finding.id),
          .cause = fmt::format("{}; {}", finding.read, finding.means),
          .hint = finding.hint.empty() ? way_out : fmt::format("{}; {}", finding.hint, way_out)};
}

}  // namespace

Diagnostics unknown_checks(const std::set<std::string>& ids) {
  std::vector<std::string> known;
  for (const CheckInfo& one : istio::check_infos()) known.push_back(one.id);
  Diagnostics problems;
  for (const std::string& id : ids) {
    if (std::find(known.begin(), known.end(), id) != known.end()) continue;
    const auto near = nearest(id, known);
    problems.push_back(
        {.code = Code::usage,
         .summary = "no check has such an id",
         .cause = fmt::format("--skip-check `{}`", id),
         .hint = near ? fmt::format("did you mean `{}`?", *near) : "`mesh check --list` prints the ids"});
  }
  return problems;
}

void take_checks(const Workspace& workspace, Plan& plan) {
  if (!workspace.request.skipped_checks) return;
  const CheckReport report = istio::run_checks({.spec = workspace.spec,
                                                .platforms = platform::all(),
                                                .live = workspace.live,
                                                .readings = workspace.checks,
                                                .depth = CheckDepth::plan,
                                                .skipped = *workspace.request.skipped_checks,
                                                .now = workspace.read_at});
  const auto concerns = [&](const std::string& cluster) {
    return cluster.empty() || leaves_any_of(cluster, workspace.request.only, workspace.request.exclude);
  };
  std::vector<Hold> holds;
  for (const Finding& one : report.findings) {
    // The plan says itself which clusters could not be read, and why.
    if (one.id == istio::reach_check || !concerns(one.cluster) || !concerns(one.peer)) continue;
    plan.diagnostics.push_back(diagnostic_of(one, plan));
    if (one.severity != FindingSeverity::error || one.cluster.empty()) continue;
    holds.push_back({one.cluster, one.peer, fmt::format("check {} found an error", one.id)});
  }
  hold_back(plan, holds);
}

}  // namespace mesh
