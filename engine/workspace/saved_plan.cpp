#include "engine/workspace/saved_plan.h"

#include <fmt/format.h>

#include <algorithm>

#include <map>
#include <utility>

#include "engine/codec/plan_codec.h"
#include "engine/jobs/files.h"
#include "engine/plan/approval.h"
#include "engine/plan/compare_plans.h"

namespace mesh {
namespace {

/// A kubeconfig, or its current context, may lead elsewhere than when the plan was made.
Diagnostics other_clusters(const Plan& plan, const Workspace& workspace) {
  Diagnostics found;
  for (const PlannedCluster& planned : plan.clusters) {
    const auto live = workspace.live.clusters.find(planned.name);
    if (live == workspace.live.clusters.end()) continue;
    if (same_cluster(live->second.uids, planned.uids) != SameCluster::no) continue;
    found.push_back({.code = Code::ground_moved,
                     .where = fmt::format("cluster {}", planned.name),
                     .summary = "plan was made for another cluster",
                     .cause = fmt::format("{} is a cluster whose {}; in that of the plan {}", live->second.server,
                                          to_string(live->second.uids), to_string(planned.uids)),
                     .hint = "check the kubeconfig and its current context, or plan again"});
  }
  return found;
}

/// What prevents the whole of a saved plan: another spec, another cluster, errors.
Diagnostics check_whole(const SavedPlan& saved, const std::string& digest, const Workspace& workspace) {
  const Plan& plan = saved.plan;
  const Spec& spec = workspace.spec;
  const std::string has = "sha256:" + plan_digest(plan);
  if (!digest.empty() && digest != has) {
    return {{.code = Code::plan_invalid,
             .at = Position{.file = saved.file},
             .summary = "plan is not the one that was approved",
             .cause = fmt::format("its digest is {}, --digest says {}", has, digest),
             .hint = "review this plan, or apply the file that was reviewed"}};
  }
  if (plan.mesh != spec.mesh.name || plan.spec_digest != spec.digest) {
    return {
        {.code = Code::spec_changed,
         .at = Position{.file = saved.file},
         .summary = "plan was made from another spec",
         .cause = fmt::format("it was made for mesh `{}`, spec sha256 {:.12}; {} is mesh `{}`, sha256 {:.12}",
                              plan.mesh, plan.spec_digest, workspace.request.spec_file, spec.mesh.name, spec.digest),
         .hint = "plan again, or check out the spec that was reviewed"}};
  }
  if (has_errors(plan.diagnostics)) {
    return {{.code = Code::plan_invalid,
             .summary = "plan has errors, nothing was changed",
             .cause = "the plan was saved with errors",
             .hint = "fix them and plan again"}};
  }
  return other_clusters(plan, workspace);
}

bool same_addresses(const Plan& one, const Plan& other) {
  return std::equal(one.actions.begin(), one.actions.end(), other.actions.begin(), other.actions.end(),
                    [](const Action& a, const Action& b) { return a.address == b.address; });
}

/// As problems, or as warnings where the rest is carried out.
Diagnostics report_moved(const std::map<Address, Diagnostics>& actions, Moved moved) {
  Diagnostics found;
  for (const auto& [address, problems] : actions) {
    for (Diagnostic problem : problems) {
      problem.cause = fmt::format("{}: {}", address.text, problem.cause);
      if (moved == Moved::skip) problem.severity = Severity::warning;
      found.push_back(std::move(problem));
    }
  }
  if (!found.empty() && moved == Moved::refuse) found.back().hint += "; or carry out the rest with --skip-moved";
  return found;
}

}  // namespace

Result<SavedPlan> read_saved_plan(const std::string& file) {
  auto bytes = read_file(file);
  if (!bytes) return failure(std::move(bytes.error()));
  auto plan = decode_plan(*bytes, file);
  if (!plan) return failure(std::move(plan.error()));
  return SavedPlan{.file = file, .bytes = std::move(*bytes), .plan = std::move(*plan)};
}

Result<CheckedPlan> check_saved_plan(const SavedPlan& saved, const std::string& digest, const Workspace& workspace,
                                     Moved moved) {
  if (Diagnostics whole = check_whole(saved, digest, workspace); has_errors(whole)) return failure(std::move(whole));
  auto fresh = plan_workspace(workspace);
  if (!fresh) return failure(std::move(fresh.error()));
  ComparedPlans compared = compare_plans(saved.plan, fresh->plan, workspace.live);
  Diagnostics problems = report_moved(compared.moved, moved);
  append(problems, std::move(compared.left_out));
  append(problems, std::move(fresh->plan.diagnostics));
  if (has_errors(problems)) return failure(std::move(problems));
  // The file approves; what is carried out and recorded is what was planned here.
  std::string bytes = encode_plan(compared.plan);
  return CheckedPlan{.plan = std::move(compared.plan),
                     .bytes = std::move(bytes),
                     .desired = std::move(fresh->desired),
                     .warnings = std::move(problems)};
}

Result<CheckedPlan> plan_again(const CheckedPlan& approved, const Workspace& workspace) {
  auto fresh = plan_workspace(workspace);
  if (!fresh) return failure(std::move(fresh.error()));
  ComparedPlans compared = compare_plans(approved.plan, fresh->plan, workspace.live);
  Diagnostics problems;
  for (auto& [address, moved] : compared.moved) append(problems, std::move(moved));
  for (Diagnostic& one : compared.left_out) {
    one.severity = Severity::error;
    one.summary = "a change was added while mesh waited to write";
    one.hint = "plan again, review, apply";
    problems.push_back(std::move(one));
  }
  // An error of the whole plan that was not there when it was approved.
  for (const Diagnostic& one : fresh->plan.diagnostics) {
    if (one.severity == Severity::error) problems.push_back(one);
  }
  if (!problems.empty()) return failure(std::move(problems));
  // What could not be read is part of the report, though nothing is done about it.
  Plan plan = same_addresses(approved.plan, fresh->plan) ? std::move(fresh->plan) : std::move(compared.plan);
  std::string bytes = encode_plan(plan);
  return CheckedPlan{
      .plan = std::move(plan), .bytes = std::move(bytes), .desired = std::move(fresh->desired), .warnings = {}};
}

}  // namespace mesh
