#include "engine/apply/apply_plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <vector>

#include "engine/apply/schedule.h"
#include "engine/jobs/channel.h"
#include "engine/jobs/workers.h"

namespace mesh {
namespace {

struct Finished {
  std::size_t index = 0;
  ActionReport report = {};
};

ActionReport perform_one(const Action& action, Provider& provider, Progress& progress, const Clock& clock,
                         const std::stop_token& stop) {
  const TimePoint begin = clock.now();
  ActionReport report;
  try {
    progress.started(action.address, action.operation);
    report = provider.perform(action, progress, stop);
  } catch (const std::exception& e) {
    report.outcome = Outcome::failed;
    report.error = {{.code = Code::internal,
                     .where = fmt::format("cluster {}", action.cluster),
                     .summary = "action failed unexpectedly",
                     .cause = e.what(),
                     .hint = "this is a bug in mesh: please report it"}};
  }
  report.address = action.address;
  report.attempts = std::max(1, report.attempts);
  report.took = std::chrono::duration_cast<std::chrono::milliseconds>(clock.now() - begin);
  return report;
}

/// One apply under way. The thread that runs it alone touches the schedule and the reports; workers take an index and
/// hand back a report.
class Run {
 public:
  Run(const Plan& plan, Provider& provider, Progress& progress, Clock& clock, const ApplyLimits& limits,
      std::stop_token stop)
      : plan_(plan),
        provider_(provider),
        progress_(progress),
        clock_(clock),
        stop_(std::move(stop)),
        max_failures_(limits.max_failures),
        schedule_(plan, {.per_cluster = limits.per_cluster, .batch = limits.batch}),
        reports_(plan.actions.size()),
        workers_(std::min(static_cast<std::size_t>(std::max(1, limits.parallelism)), plan.actions.size()),
                 [this](const std::stop_token& own) {
                   while (const std::optional<std::size_t> next = todo_.pop(own)) finished_.push(perform(*next));
                 }) {
    record(schedule_.take_skipped());
  }

  void start_due() {
    while (under_way_ < std::max<std::size_t>(1, workers_.size()) && !stop_.stop_requested() && !failed_enough()) {
      const std::optional<std::size_t> index = schedule_.start_next();
      if (!index) return;
      ++under_way_;
      if (workers_.size() > 0) {
        todo_.push(*index);
      } else {
        finished_.push(perform(*index));
      }
    }
  }

  /// Waits for an action to end; false: none is under way.
  bool take_finished() {
    if (under_way_ == 0) return false;
    std::optional<Finished> finished = finished_.pop();
    --under_way_;
    const Outcome outcome = finished->report.outcome;
    if (outcome == Outcome::failed) ++failures_;
    record(finished->index, std::move(finished->report));
    record(schedule_.ended(finished->index, outcome));
    return true;
  }

  /// The reports in the plan's order, those of actions included that were never started.
  Report report() {
    record(schedule_.give_up(stop_.stop_requested() ? GiveUp::stopped
                             : failed_enough()      ? GiveUp::failures
                                                    : GiveUp::cycle));
    Report report;
    for (std::optional<ActionReport>& one : reports_) {
      if (one) report.actions.push_back(std::move(*one));
    }
    return report;
  }

 private:
  bool failed_enough() const { return max_failures_ > 0 && failures_ >= max_failures_; }

  Finished perform(std::size_t index) {
    return {index, perform_one(plan_.actions[index], provider_, progress_, clock_, stop_)};
  }

  void record(std::vector<Schedule::Settled> settled) {
    for (Schedule::Settled& one : settled) record(one.index, std::move(one.report));
  }

  void record(std::size_t index, ActionReport report) {
    progress_.finished(report);
    reports_[index] = std::move(report);
  }

  const Plan& plan_;
  Provider& provider_;
  Progress& progress_;
  Clock& clock_;
  const std::stop_token stop_;
  const int max_failures_;
  int failures_ = 0;
  Schedule schedule_;
  /// By index into the plan's actions.
  std::vector<std::optional<ActionReport>> reports_;
  std::size_t under_way_ = 0;
  Channel<std::size_t> todo_;
  Channel<Finished> finished_;
  /// Started before the first write: later the machine may give no more. Behind the channels, so joined before these
  /// go.
  Workers workers_;
};

}  // namespace

Report apply_plan(const Plan& plan, Provider& provider, Progress& progress, Clock& clock, const ApplyLimits& limits,
                  std::stop_token stop) {
  Run run(plan, provider, progress, clock, limits, std::move(stop));
  do run.start_due();
  while (run.take_finished());
  return run.report();
}

}  // namespace mesh
