#include "engine/cli/carry_out.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <set>

#include "engine/apply/apply_plan.h"
#include "engine/apply/make_snapshot.h"
#include "engine/apply/rebase_snapshot.h"
#include "engine/apply/subject_of.h"
#include "engine/base/time.h"
#include "engine/cli/progress_lines.h"
#include "engine/cli/system_clock.h"
#include "engine/codec/report_codec.h"
#include "engine/render/render_plan.h"
#include "engine/render/render_report.h"
#include "engine/state/git_error.h"

namespace mesh::cli {
namespace {

/// An apply that tried nothing, or only waited, adds nothing to the history, unless it confirms a spec that is not
/// recorded yet.
bool worth_recording(const std::optional<Snapshot>& previous, const Plan& plan, const Report& report) {
  std::set<Address> waits;
  for (const Action& action : plan.actions) {
    if (only_waits(action)) waits.insert(action.address);
  }
  const bool tried = std::any_of(report.actions.begin(), report.actions.end(), [&](const ActionReport& action) {
    return action.outcome != Outcome::skipped && !waits.contains(action.address);
  });
  if (tried) return true;
  if (!plan.complete) return false;
  return !previous || previous->spec_digest != plan.spec_digest;
}

/// A remote may keep us waiting, long after the last line of progress.
void report_push(const Workspace& workspace, Env& env) {
  if (!workspace.spec.state.remote) return;
  fmt::print(env.err, "Pushing the state to {}\n", without_url_credentials(*workspace.spec.state.remote));
  env.err.flush();
}

/// What an earlier apply could not push is not to wait for the next change.
void push_earlier(const Workspace& workspace, Report& report, Env& env) {
  if (!workspace.last || workspace.last->unpushed.empty()) return;
  if (!workspace.last->remote_answers) {
    // One wait for it is enough where nothing was changed.
    append(report.diagnostics, workspace.last->unpushed);
    return;
  }
  report_push(workspace, env);
  append(report.diagnostics, workspace.store->publish());
}

void record(const Workspace& workspace, const std::optional<Snapshot>& previous, const DesiredState& desired,
            const Plan& plan, const std::string& plan_json, Report& report, Env& env) {
  const SnapshotInput input{.spec = workspace.spec,
                            .plan = plan,
                            .report = report,
                            .desired = desired,
                            .live = workspace.live,
                            .previous = previous,
                            .time = rfc3339(env.clock.wall()),
                            .plan_json = plan_json,
                            .report_json = encode_report(report)};
  report_push(workspace, env);
  auto saved = workspace.store->save({.after = workspace.last ? workspace.last->commit : std::string(),
                                      .snapshot = make_snapshot(input),
                                      .rebased = [&](const Snapshot& newest) { return rebase_snapshot(input, newest); },
                                      .subject = subject_of(plan, report)});
  if (!saved) {
    append(report.diagnostics, std::move(saved.error()));
    return;
  }
  report.snapshot = saved->commit;
  append(report.diagnostics, std::move(saved->diagnostics));
}

/// Applies the plan; that a stop was heard is told while it goes on.
Report apply_reported(const Plan& plan, Provider& provider, ProgressLines& progress, const ApplyLimits& limits,
                      Env& env) {
  const std::stop_callback heard(env.stop, [&progress] { progress.stopping(); });
  Report report = apply_plan(plan, provider, progress, env.clock, limits, env.stop);
  progress.close();
  return report;
}

int exit_code_of(const Plan& plan, const Report& report) {
  if (has_errors(report.diagnostics)) return exit_failed;
  for (const ActionReport& action : report.actions) {
    // Skipped for a cluster that could not be read is no failure: the plan said so, and what it said of the rest was
    // done.
    const bool for_want_of_reading =
        action.outcome == Outcome::skipped && !action.error.empty() && action.error.front().code == Code::incomplete;
    if (action.outcome != Outcome::done && !for_want_of_reading) return exit_failed;
  }
  return plan.complete ? exit_done : exit_incomplete;
}

}  // namespace

Result<void> confirm(const Plan& plan, const char* question, const Options& options, Env& env) {
  // With --format json stdout belongs to the report.
  (options.format == Format::json ? env.err : env.out) << render_plan(plan, options.out_color);
  print_diagnostics(plan.diagnostics, options, env);
  if (has_errors(plan.diagnostics)) {
    return failure(Diagnostic{.code = Code::plan_invalid,
                              .summary = "plan has errors, nothing was changed",
                              .cause = "the problems above stand in the way",
                              .hint = "mend them, or choose with --only or --exclude what they do not concern"});
  }
  if (!has_changes(plan) || options.auto_approve) return {};
  fmt::print(env.err, "\n{} Only `yes` is taken as yes: ", question);
  env.err.flush();
  const auto answer = env.ask();
  if (env.stop.stop_requested()) {
    env.err << "\n";
    return failure(Diagnostic{.code = Code::cancelled,
                              .summary = "stopped, nothing was changed",
                              .cause = "a signal came while the question stood",
                              .hint = "run the command again"});
  }
  if (answer == "yes") return {};
  return failure(Diagnostic{.code = Code::not_confirmed,
                            .summary = "not confirmed, nothing was changed",
                            .cause = answer               ? fmt::format("the answer was `{}`", *answer)
                                     : env.in_is_terminal ? "no answer came: the input ended"
                                                          : "there is no terminal to ask at",
                            .hint = answer || env.in_is_terminal ? ""
                                    : plan.intent == Intent::destroy
                                        ? "in a pipeline: --auto-approve"
                                        : "in a pipeline: `mesh plan --out FILE`, review, `mesh apply FILE`"});
}

int carry_out(const Workspace& workspace, const DesiredState& desired, const Plan& plan, const std::string& plan_json,
              const Options& options, Env& env) {
  // Read before anything is written: what cannot be read cannot be written on.
  const auto previous = last_snapshot(workspace);
  if (!previous) return fail(previous.error(), options, env);
  if (has_changes(plan)) {
    if (auto ready = workspace.store->prepare(); !ready) {
      for (Diagnostic& problem : ready.error()) problem.cause += "; so nothing was changed";
      return fail(ready.error(), options, env);
    }
  }
  ApplyLimits limits;
  if (options.parallelism > 0) limits.parallelism = options.parallelism;
  ProgressLines progress(env.err, env.err_is_terminal, options.err_color, env.clock);
  Report report = apply_reported(plan, *workspace.provider, progress, limits, env);
  if (worth_recording(*previous, plan, report)) {
    record(workspace, *previous, desired, plan, plan_json, report, env);
  } else {
    push_earlier(workspace, report, env);
  }
  env.out << (options.format == Format::json ? encode_report(report) : render_report(report, options.out_color));
  // Why is said at the end; what was changed has to be known all the same.
  if (!env.out.flush()) env.err << render_report(report, options.err_color);
  print_diagnostics(report.diagnostics, options, env);
  return exit_code_of(plan, report);
}

}  // namespace mesh::cli
