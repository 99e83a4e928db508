#include "engine/workspace/carry_out.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>

#include "engine/apply/apply_plan.h"
#include "engine/apply/make_snapshot.h"
#include "engine/apply/rebase_snapshot.h"
#include "engine/apply/run_locks.h"
#include "engine/apply/says_more.h"
#include "engine/apply/subject_of.h"
#include "engine/base/time.h"
#include "engine/codec/report_codec.h"
#include "engine/jobs/system_clock.h"
#include "engine/jobs/workers.h"
#include "engine/plan/compare_plans.h"
#include "engine/plan/rewritten_fields.h"
#include "engine/render/render_report.h"
#include "engine/state/git_error.h"
#include "engine/workspace/locked_run.h"
#include "engine/workspace/log_decisions.h"
#include "engine/workspace/progress_lines.h"
#include "providers/kubernetes/schema/field_schemas.h"

namespace mesh {
namespace {

/// Whether any action was begun that writes.
bool tried(const Plan& plan, const Report& report) {
  std::set<Address> waits;
  for (const Action& action : plan.actions) {
    if (only_waits(action)) waits.insert(action.address);
  }
  return std::any_of(report.actions.begin(), report.actions.end(), [&](const ActionReport& action) {
    return action.outcome != Outcome::skipped && !waits.contains(action.address);
  });
}

/// A push may take long after the last line of progress.
void report_push(const Workspace& workspace, Console& console) {
  if (!workspace.spec.state.remote) return;
  fmt::print(console.messages(), "Pushing the state to {}\n", without_url_credentials(*workspace.spec.state.remote));
  console.messages().flush();
}

/// What an earlier apply could not push is not to wait for the next change.
Diagnostics push_earlier(const Workspace& workspace, Console& console) {
  if (!workspace.last || workspace.last->unpushed.empty()) return {};
  // One wait for it is enough where nothing was changed.
  if (!workspace.last->remote_answers) return workspace.last->unpushed;
  report_push(workspace, console);
  return workspace.store->publish();
}

/// Prints the report once, whatever comes after it: a push may take long, and what was changed has to be known.
class ReportPrinter {
 public:
  ReportPrinter(const Workspace& workspace, const Report& report, Console& console)
      : workspace_(workspace), report_(report), console_(console) {}

  void print() {
    if (printed_) return;
    printed_ = true;
    log_report(workspace_, report_);
    console_.results() << (console_.json() ? encode_report(report_) : render_report(report_, console_.result_color()));
    // The cause is reported at the end of the process.
    if (!console_.results().flush()) console_.messages() << render_report(report_, console_.message_color());
    console_.print(report_.diagnostics);
  }

 private:
  const Workspace& workspace_;
  const Report& report_;
  Console& console_;
  bool printed_ = false;
};

/// Records what is applied now, where that differs from what is recorded. Prints the report before the push; answers
/// what was found later.
Diagnostics record(const Workspace& workspace, const std::optional<Snapshot>& previous, const CheckedPlan& what,
                   Report& report, Console& console, const Env& env) {
  ReportPrinter printer(workspace, report, console);
  SnapshotInput input{.spec = workspace.spec,
                      .plan = what.plan,
                      .report = report,
                      .desired = what.desired,
                      .live = workspace.live,
                      .previous = previous,
                      .time = rfc3339(env.clock.wall()),
                      .plan_json = what.bytes,
                      .report_json = encode_report(report)};
  Snapshot snapshot = make_snapshot(input);
  Diagnostics later;
  if (tried(what.plan, report) || says_more(snapshot, previous, what.plan.complete)) {
    auto saved =
        workspace.store->save({.after = workspace.last ? workspace.last->commit : std::string(),
                               .snapshot = std::move(snapshot),
                               .rebased = [&](const Snapshot& newest) { return rebase_snapshot(input, newest); },
                               .subject = subject_of(what.plan, report),
                               .recorded =
                                   [&](const std::string& commit) {
                                     report.snapshot = commit;
                                     printer.print();
                                     report_push(workspace, console);
                                   }});
    if (!saved) {
      append(report.diagnostics, std::move(saved.error()));
    } else {
      later = std::move(saved->diagnostics);
      if (!report.snapshot.empty() && saved->commit != report.snapshot) {
        fmt::print(console.messages(), "Snapshot: {}, on top of what others recorded meanwhile\n", saved->commit);
      }
    }
    printer.print();
    return later;
  }
  printer.print();
  return push_earlier(workspace, console);
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

/// Says that a stop was heard, as soon as it is. On a thread of its own, because whoever takes the signals must not
/// wait for a reader of stderr.
class StopHerald {
 public:
  StopHerald(const std::stop_token& stop, ProgressLines& progress)
      : heard_(stop, [this] { over_.request_stop(); }),
        thread_(try_thread([this, stop, &progress](const std::stop_token& own) {
          const std::stop_callback ended(own, [this] { over_.request_stop(); });
          std::mutex mutex;
          std::unique_lock lock(mutex);
          std::condition_variable_any wake;
          wake.wait(lock, over_.get_token(), [] { return false; });
          if (stop.stop_requested()) progress.stopping();
        })) {}

 private:
  /// A stop came, or there is nothing to stop any more.
  std::stop_source over_;
  std::stop_callback<std::function<void()>> heard_;
  std::optional<std::jthread> thread_;
};

/// Carries the plan out until it is done, a stop comes, or a lock is lost.
Report apply_watched(const Workspace& workspace, const Plan& plan, const RunLocks* locks, Console& console, Env& env) {
  ApplyLimits limits{.max_failures = workspace.request.max_failures, .batch = workspace.request.batch};
  if (workspace.request.parallelism > 0) limits.parallelism = workspace.request.parallelism;
  // Lines of the log would break the block of what runs.
  const bool live = env.err_is_terminal && (!workspace.log || workspace.request.log.file);
  ProgressLines progress(console.messages(), live, console.message_color(), env.clock);
  std::stop_source halt;
  const auto request_stop = [&halt] { halt.request_stop(); };
  const std::stop_callback by_signal(env.stop, request_stop);
  const std::stop_callback by_loss(locks == nullptr ? std::stop_token() : locks->lost(), request_stop);
  Report report = [&] {
    const StopHerald herald(env.stop, progress);
    return apply_plan(plan, *workspace.provider, progress, env.clock, limits, halt.get_token());
  }();
  progress.close();
  return report;
}

}  // namespace

int carry_out(Workspace& workspace, CheckedPlan what, const PlanAgain& again, Console& console, Env& env) {
  // Read before anything is written: a snapshot that cannot be read cannot be continued.
  const auto previous = last_snapshot(workspace);
  if (!previous) return console.fail(previous.error());
  std::unique_ptr<RunLocks> locks;
  std::set<std::string> locked;
  if (has_changes(what.plan)) {
    if (auto ready = workspace.store->prepare(); !ready) {
      for (Diagnostic& problem : ready.error()) problem.cause += "; so nothing was changed";
      return console.fail(ready.error());
    }
    locked = concerned_clusters(what.plan);
    auto taken = lock_clusters(workspace, what.plan, console, env);
    if (!taken) return console.fail(taken.error());
    locks = std::move(*taken);
    read_again(workspace, env);
    if (env.stop.stop_requested()) return console.fail({stopped()});
    if (const auto more = recorded_meanwhile(workspace); !more.empty()) return console.fail(more);
    auto now = again(what);
    if (!now) return console.fail(now.error());
    what = std::move(*now);
  }
  const auto left_behind = open_journals(workspace, locked, env);
  Report report = apply_watched(workspace, what.plan, locks.get(), console, env);
  add_rewritten(report, workspace.spec.mesh.name, what.desired, kubernetes::field_schemas());
  auto closed = left_behind;
  if (locks) {
    closed.insert(locks->found().begin(), locks->found().end());
    append(report.diagnostics, locks->losses());
  }
  // A part of the plan does not tell what the run wrote elsewhere.
  const bool whole = workspace.request.only.empty() && workspace.request.exclude.empty();
  append(report.diagnostics, report_journals(closed, whole ? Journal::closed : Journal::seen));
  Diagnostics later = record(workspace, *previous, what, report, console, env);
  if (whole && !has_errors(report.diagnostics)) append(later, close_journals(workspace, left_behind));
  if (locks) append(later, locks->release());
  console.print(later);
  return exit_code_of(what.plan, report);
}

}  // namespace mesh
