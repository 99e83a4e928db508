#include <fmt/format.h>
#include <fmt/ostream.h>
#include <fmt/ranges.h>

#include "engine/cli/commands.h"
#include "engine/cli/files.h"
#include "engine/cli/pipeline.h"
#include "engine/cli/rehearse.h"
#include "engine/cli/shell_word.h"
#include "engine/codec/plan_codec.h"
#include "engine/codec/rehearsal_codec.h"
#include "engine/plan/select.h"
#include "engine/render/render_plan.h"
#include "engine/render/render_rehearsal.h"

namespace mesh::cli {
namespace {

std::string names_of(const std::vector<Address>& addresses) {
  std::vector<std::string_view> names;
  for (const Address& address : addresses) names.push_back(address.text);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Why a rehearsal did not succeed.
Diagnostics failures_of(const Rehearsal& rehearsal) {
  Diagnostics problems;
  for (const ActionReport& action : rehearsal.report.actions) {
    for (Diagnostic problem : action.error) {
      // It follows from what failed.
      if (problem.code == Code::dependency_failed) continue;
      // The copy waits no longer, and has what the live object has.
      if (problem.code == Code::not_ready) problem.hint = "see to the live object, or plan again when it is ready";
      problem.where = fmt::format("rehearsal of {}: {}", action.address.text, problem.where);
      problems.push_back(std::move(problem));
    }
  }
  if (!rehearsal.left.empty() && problems.empty()) {
    problems.push_back({.code = Code::incomplete,
                        .where = "rehearsal",
                        .summary = "the plan does not reach its goal on the simulated clusters",
                        .cause = fmt::format("a second plan still changes {}", names_of(rehearsal.left)),
                        .hint = "look at what the rehearsal says of them before you apply"});
  }
  return problems;
}

/// The rehearsal's part of the exit code. As JSON it is part of the plan, which is written here then.
int report_rehearsal(const Workspace& workspace, const Plan& plan, const Options& options, Env& env) {
  const bool json = options.format == Format::json;
  const auto rehearsal = rehearse(workspace, plan, options, env);
  if (json) env.out << (rehearsal ? encode_plan(plan, *rehearsal) : encode_plan(plan));
  if (!rehearsal) return fail(rehearsal.error(), options, env);
  print_diagnostics(rehearsal->assumed, options, env);
  // With --format json stdout belongs to the document.
  (json ? env.err : env.out) << "\n" << render_rehearsal(*rehearsal, json ? options.err_color : options.out_color);
  return succeeded(*rehearsal) ? exit_done : fail(failures_of(*rehearsal), options, env);
}

int exit_code_of(const Plan& plan, const Options& options) {
  if (has_errors(plan.diagnostics)) return exit_failed;
  if (!plan.complete) return exit_incomplete;
  return options.detailed_exit_code && has_changes(plan) ? exit_differences : exit_done;
}

}  // namespace

int cmd_plan(const Options& options, Env& env) {
  std::unique_ptr<SnapshotStore> store;
  const auto& workspace = env.keep(open_workspace(options, read_budgets(options), chosen_by(options), store, env));
  if (!workspace) return fail(workspace.error(), options, env);
  if (env.stop.stop_requested()) return fail({stopped()}, options, env);
  const DesiredState& desired = env.keep(desired_of(*workspace, Intent::apply, chosen_by(options)));
  auto& plan = env.keep(plan_workspace(*workspace, desired, Intent::apply, options));
  if (!plan) return fail(plan.error(), options, env);
  append(plan->diagnostics, nothing_chosen(*plan));
  const bool rehearsed = options.rehearse && !has_errors(plan->diagnostics);
  if (options.format == Format::text) {
    env.out << render_plan(*plan, options.out_color);
  } else if (!rehearsed) {
    env.out << encode_plan(*plan);
  }
  print_diagnostics(plan->diagnostics, options, env, &workspace->spec);
  // Said here alone: an apply of the plan pushes them.
  if (workspace->last) print_diagnostics(workspace->last->unpushed, options, env);
  if (options.plan_out && has_errors(plan->diagnostics)) {
    fmt::print(env.err, "The plan was not saved, because it has errors.\n");
  } else if (options.plan_out) {
    // FILE may be /dev/stdout: what was said comes before it.
    env.out.flush();
    const auto written = write_file(*options.plan_out, encode_plan(*plan));
    if (!written) return fail(written.error(), options, env);
    fmt::print(env.err, "Saved the plan. To carry it out: mesh apply {}\n", shell_word(*options.plan_out));
  }
  if (rehearsed) {
    if (const int code = report_rehearsal(*workspace, *plan, options, env); code != exit_done) return code;
  }
  return exit_code_of(*plan, options);
}

}  // namespace mesh::cli
