#include "engine/workspace/carry_out.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <set>

#include "engine/apply/apply_plan.h"
#include "engine/apply/make_snapshot.h"
#include "engine/apply/rebase_snapshot.h"
#include "engine/apply/subject_of.h"
#include "engine/base/time.h"
#include "engine/codec/report_codec.h"
#include "engine/jobs/system_clock.h"
#include "engine/plan/rewritten_fields.h"
#include "engine/render/render_report.h"
#include "engine/state/git_error.h"
#include "engine/workspace/log_decisions.h"
#include "engine/workspace/progress_lines.h"
#include "providers/kubernetes/schema/field_schemas.h"

namespace mesh {
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

/// A push may take long after the last line of progress.
void report_push(const Workspace& workspace, Console& console) {
  if (!workspace.spec.state.remote) return;
  fmt::print(console.messages(), "Pushing the state to {}\n", without_url_credentials(*workspace.spec.state.remote));
  console.messages().flush();
}

/// What an earlier apply could not push is not to wait for the next change.
void push_earlier(const Workspace& workspace, Report& report, Console& console) {
  if (!workspace.last || workspace.last->unpushed.empty()) return;
  if (!workspace.last->remote_answers) {
    // One wait for it is enough where nothing was changed.
    append(report.diagnostics, workspace.last->unpushed);
    return;
  }
  report_push(workspace, console);
  append(report.diagnostics, workspace.store->publish());
}

void record(const Workspace& workspace, const std::optional<Snapshot>& previous, const DesiredState& desired,
            const Plan& plan, const std::string& plan_json, Report& report, Console& console, const Env& env) {
  const SnapshotInput input{.spec = workspace.spec,
                            .plan = plan,
                            .report = report,
                            .desired = desired,
                            .live = workspace.live,
                            .previous = previous,
                            .time = rfc3339(env.clock.wall()),
                            .plan_json = plan_json,
                            .report_json = encode_report(report)};
  report_push(workspace, console);
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

int exit_code_of(const Plan& plan, const Report& report) {
  if (has_errors(report.diagnostics)) return exit_failed;
  for (const ActionReport& action : report.actions) {
    // An action that is skipped because its cluster could not be read is not a failure: the plan announced it.
    const bool for_want_of_reading =
        action.outcome == Outcome::skipped && !action.error.empty() && action.error.front().code == Code::incomplete;
    if (action.outcome != Outcome::done && !for_want_of_reading) return exit_failed;
  }
  return plan.complete ? exit_done : exit_incomplete;
}

}  // namespace

int carry_out(const Workspace& workspace, const DesiredState& desired, const Plan& plan, const std::string& plan_json,
              Console& console, Env& env) {
  // Read before anything is written: a snapshot that cannot be read cannot be continued.
  const auto previous = last_snapshot(workspace);
  if (!previous) return console.fail(previous.error());
  if (has_changes(plan)) {
    if (auto ready = workspace.store->prepare(); !ready) {
      for (Diagnostic& problem : ready.error()) problem.cause += "; so nothing was changed";
      return console.fail(ready.error());
    }
  }
  ApplyLimits limits;
  if (workspace.request.parallelism > 0) limits.parallelism = workspace.request.parallelism;
  // Lines of the log would break the block of what runs.
  const bool live = env.err_is_terminal && (!workspace.log || workspace.request.log.file);
  ProgressLines progress(console.messages(), live, console.message_color(), env.clock);
  Report report = [&] {
    // A stop is reported at once, while what runs is finished.
    const std::stop_callback heard(env.stop, [&progress] { progress.stopping(); });
    return apply_plan(plan, *workspace.provider, progress, env.clock, limits, env.stop);
  }();
  progress.close();
  add_rewritten(report, workspace.spec.mesh.name, desired, kubernetes::field_schemas());
  if (worth_recording(*previous, plan, report)) {
    record(workspace, *previous, desired, plan, plan_json, report, console, env);
  } else {
    push_earlier(workspace, report, console);
  }
  log_report(workspace, report);
  console.results() << (console.json() ? encode_report(report) : render_report(report, console.result_color()));
  // The cause is reported at the end of the process; what was changed has to be known all the same.
  if (!console.results().flush()) console.messages() << render_report(report, console.message_color());
  console.print(report.diagnostics);
  return exit_code_of(plan, report);
}

}  // namespace mesh
