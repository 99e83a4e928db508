#include <fmt/format.h>
#include <fmt/ostream.h>

#include <set>

#include "engine/apply/check_ground.h"
#include "engine/cli/carry_out.h"
#include "engine/cli/commands.h"
#include "engine/cli/files.h"
#include "engine/codec/plan_codec.h"
#include "engine/plan/select.h"

namespace mesh::cli {
namespace {

Diagnostic plan_has_errors() {
  return {.code = Code::plan_invalid,
          .summary = "plan has errors, nothing was changed",
          .cause = "the problems above stand in the way",
          .hint = "mend them and plan again"};
}

int plan_and_apply(const Options& options, Env& env) {
  std::unique_ptr<SnapshotStore> store;
  const auto& workspace = env.keep(open_workspace(options, write_budgets(options), chosen_by(options), store, env));
  if (!workspace) return fail(workspace.error(), options, env);
  if (env.stop.stop_requested()) return fail({stopped()}, options, env);
  const DesiredState& desired = env.keep(desired_of(*workspace, Intent::apply, chosen_by(options)));
  auto& plan = env.keep(plan_workspace(*workspace, desired, Intent::apply, options));
  if (!plan) return fail(plan.error(), options, env);
  append(plan->diagnostics, nothing_chosen(*plan));
  if (const auto agreed = confirm(*plan, "Carry out these actions?", options, env); !agreed) {
    return fail(agreed.error(), options, env);
  }
  return carry_out(*workspace, desired, *plan, encode_plan(*plan), options, env);
}

/// A kubeconfig, or its current context, may lead elsewhere than when the plan was made.
Diagnostics other_clusters(const Plan& plan, const Workspace& workspace) {
  Diagnostics found;
  for (const PlannedCluster& planned : plan.clusters) {
    const auto live = workspace.live.clusters.find(planned.name);
    if (planned.uid.empty() || live == workspace.live.clusters.end() || live->second.uid.empty()) continue;
    if (live->second.uid == planned.uid) continue;
    found.push_back({.code = Code::ground_moved,
                     .where = fmt::format("cluster {}", planned.name),
                     .summary = "plan was made for another cluster",
                     .cause = fmt::format("{} is a cluster whose {} has uid {}, the plan saw {}", live->second.server,
                                          workspace.spec.mesh.system_namespace, live->second.uid, planned.uid),
                     .hint = "check the kubeconfig and its current context, or plan again"});
  }
  return found;
}

/// What stands in the way of a saved plan as a whole: another spec, another cluster, errors.
Diagnostics check_whole(const Plan& plan, const Workspace& workspace, const Options& options) {
  if (plan.mesh != workspace.spec.mesh.name || plan.spec_digest != workspace.spec.digest) {
    return {
        {.code = Code::spec_changed,
         .at = Position{.file = *options.plan_file},
         .summary = "plan was made from another spec",
         .cause = fmt::format("it stands on mesh `{}`, spec sha256 {:.12}; {} is mesh `{}`, sha256 {:.12}", plan.mesh,
                              plan.spec_digest, options.spec_file, workspace.spec.mesh.name, workspace.spec.digest),
         .hint = "plan again, or check out the spec that was reviewed"}};
  }
  if (has_errors(plan.diagnostics)) return {plan_has_errors()};
  return other_clusters(plan, workspace);
}

/// Actions whose ground has moved, and how.
std::map<Address, Diagnostics> moved_ground(const Plan& plan, const Plan& fresh, const Workspace& workspace) {
  std::map<Address, Diagnostics> moved = check_ground(plan, workspace.live);
  for (auto& [address, problems] : check_kept(plan, fresh)) append(moved[address], std::move(problems));
  return moved;
}

/// As problems, or as warnings where the rest is to be carried out.
Diagnostics told(const std::map<Address, Diagnostics>& moved, const Options& options) {
  Diagnostics found;
  for (const auto& [address, problems] : moved) {
    for (Diagnostic problem : problems) {
      problem.cause = fmt::format("{}: {}", address.text, problem.cause);
      if (options.skip_moved) problem.severity = Severity::warning;
      found.push_back(problem);
    }
  }
  if (!found.empty() && !options.skip_moved) found.back().hint += "; or carry out the rest with --skip-moved";
  return found;
}

int apply_saved(const Options& options, Env& env) {
  const auto bytes = read_file(*options.plan_file);
  if (!bytes) return fail(bytes.error(), options, env);
  const auto& plan = env.keep(decode_plan(*bytes, *options.plan_file));
  if (!plan) return fail(plan.error(), options, env);
  const std::set<std::string> concerned = concerned_clusters(*plan);
  const auto concerns = [&](const std::string& cluster) { return concerned.contains(cluster); };
  std::unique_ptr<SnapshotStore> store;
  const auto& workspace = env.keep(open_workspace(options, write_budgets(options), concerns, store, env));
  if (!workspace) return fail(workspace.error(), options, env);
  if (env.stop.stop_requested()) return fail({stopped()}, options, env);
  if (const Diagnostics problems = check_whole(*plan, *workspace, options); has_errors(problems)) {
    return fail(problems, options, env);
  }
  Options selection = options;
  selection.only = plan->only;
  selection.exclude = plan->exclude;
  const DesiredState& desired = env.keep(desired_of(*workspace, plan->intent, chosen_by(selection)));
  const auto& fresh = env.keep(plan_workspace(*workspace, desired, plan->intent, selection));
  if (!fresh) return fail(fresh.error(), options, env);
  const std::map<Address, Diagnostics> moved = moved_ground(*plan, *fresh, *workspace);
  Diagnostics problems = told(moved, options);
  append(problems, fresh->diagnostics);
  if (has_errors(problems)) return fail(problems, options, env);
  print_diagnostics(problems, options, env);
  // A saved plan was reviewed: it is carried out without a question, and kept as it was reviewed.
  if (moved.empty()) return carry_out(*workspace, desired, *plan, *bytes, options, env);
  const Plan rest = hold_back(*plan, moved);
  return carry_out(*workspace, desired, rest, encode_plan(rest), options, env);
}

}  // namespace

int cmd_apply(const Options& options, Env& env) {
  return options.plan_file ? apply_saved(options, env) : plan_and_apply(options, env);
}

int cmd_destroy(const Options& options, Env& env) {
  std::unique_ptr<SnapshotStore> store;
  const auto& workspace = env.keep(open_workspace(options, write_budgets(options), chosen_by(options), store, env));
  if (!workspace) return fail(workspace.error(), options, env);
  if (env.stop.stop_requested()) return fail({stopped()}, options, env);
  const DesiredState& desired = env.keep(desired_of(*workspace, Intent::destroy, chosen_by(options)));
  auto& plan = env.keep(plan_workspace(*workspace, desired, Intent::destroy, options));
  if (!plan) return fail(plan.error(), options, env);
  append(plan->diagnostics, nothing_chosen(*plan));
  if (const auto agreed = confirm(*plan, "Destroy all of this?", options, env); !agreed) {
    return fail(agreed.error(), options, env);
  }
  return carry_out(*workspace, desired, *plan, encode_plan(*plan), options, env);
}

}  // namespace mesh::cli
