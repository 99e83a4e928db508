#include "engine/apply/run_locks.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <optional>

#include "engine/jobs/workers.h"

namespace mesh {
namespace {

constexpr int most_at_once = 32;
constexpr std::chrono::seconds look_again{1};

Diagnostic held_by_other(const std::string& cluster, const ClusterLock& lock) {
  return {.code = Code::lock_held,
          .where = fmt::format("cluster {}", cluster),
          .summary = "another run writes to the cluster",
          .cause = fmt::format("locked by the {}; last heard of {} s ago, given up in {} s unless it is heard of",
                               to_string(lock.holder), lock.age.count(), lock.left.count()),
          .hint = fmt::format(
              "wait for it with --lock-timeout 10m; if it cannot be alive any more: mesh lock release {}", cluster)};
}

Diagnostic stopped_waiting() {
  return {.code = Code::cancelled,
          .summary = "stopped, nothing was changed",
          .cause = "a signal came while mesh waited for the locks of the clusters",
          .hint = "run the command again"};
}

Diagnostic no_thread() {
  return {.code = Code::internal,
          .summary = "the locks of the clusters cannot be renewed",
          .cause = "the machine gives no thread for it",
          .hint = "raise the limit of processes (ulimit -u) or of memory"};
}

Diagnostics unexpected(const std::string& cluster, const std::exception& e) {
  return {{.code = Code::internal,
           .where = fmt::format("cluster {}", cluster),
           .summary = "locking failed unexpectedly",
           .cause = e.what(),
           .hint = "this is a bug in mesh: please report it"}};
}

/// A request whose answer did not come may have been carried out: what it took has to be released.
bool may_have_happened(const Diagnostics& why) {
  return std::any_of(why.begin(), why.end(), [](const Diagnostic& one) {
    return one.code == Code::cancelled || one.code == Code::timed_out || one.code == Code::unreachable ||
           one.code == Code::server_error;
  });
}

/// Does the same for each cluster, many at once. Answers in the order of the clusters.
template <class Answer, class Ask>
std::vector<Result<Answer>> ask_all(const std::vector<std::string>& clusters, const Ask& ask) {
  std::vector<std::optional<Result<Answer>>> answers(clusters.size());
  for_each_index(clusters.size(), most_at_once, [&](std::size_t at) {
    try {
      answers[at] = ask(clusters[at]);
    } catch (const std::exception& e) {
      answers[at] = Result<Answer>(failure(unexpected(clusters[at], e)));
    }
  });
  std::vector<Result<Answer>> all;
  all.reserve(answers.size());
  for (auto& answer : answers) all.push_back(std::move(*answer));
  return all;
}

}  // namespace

Result<std::unique_ptr<RunLocks>> RunLocks::take(ClusterLocks& locks, Clock& clock, LockRequest request,
                                                 const std::stop_token& stop) {
  std::unique_ptr<RunLocks> run(new RunLocks(locks, clock, std::move(request)));
  const TimePoint deadline = clock.now() + run->request_.patience;
  std::set<std::string> told;
  // A lock that is held while others are waited for has to be renewed, too.
  if (!run->start_renewing()) return failure(no_thread());
  while (true) {
    auto round = run->try_rest(stop);
    Diagnostics problems;
    if (!round) {
      problems = std::move(round.error());
    } else if (*round == Round::all) {
      return run;
    } else if (clock.now() >= deadline) {
      problems = {held_by_other(run->blocked_by_, run->blocker_)};
    } else {
      if (run->request_.waiting && told.insert(run->blocked_by_).second)
        run->request_.waiting(run->blocked_by_, run->blocker_);
      if (!clock.sleep_until(std::min(deadline, clock.now() + look_again), stop)) problems = {stopped_waiting()};
    }
    if (problems.empty()) continue;
    append(problems, run->release());
    return failure(std::move(problems));
  }
}

Result<RunLocks::Round> RunLocks::try_rest(const std::stop_token& stop) {
  std::vector<std::string> rest;
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& cluster : request_.clusters) {
      if (!held_.contains(cluster)) rest.push_back(cluster);
    }
    if (held_.empty() && rest.size() > 1) rest.resize(1);
  }
  const TimePoint asked = clock_.now();
  auto answers = ask_all<ClusterLocks::Attempt>(
      rest, [&](const std::string& cluster) { return locks_.take(cluster, request_.holder(cluster), stop); });
  bool blocked = false;
  Diagnostics problems;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (!answers[i]) {
      const std::lock_guard lock(mutex_);
      if (may_have_happened(answers[i].error())) held_[rest[i]] = asked;
      append(problems, std::move(answers[i].error()));
      continue;
    }
    if (answers[i]->taken) {
      const std::lock_guard lock(mutex_);
      held_[rest[i]] = asked;
      if (answers[i]->found) found_[rest[i]] = std::move(*answers[i]->found);
    } else if (!blocked) {
      blocked = true;
      blocked_by_ = rest[i];
      blocker_ = std::move(*answers[i]->found);
    }
  }
  if (!problems.empty()) return failure(std::move(problems));
  if (!blocked) {
    const bool first_alone = rest.size() == 1 && rest.front() == *request_.clusters.begin();
    return first_alone && request_.clusters.size() > 1 ? try_rest(stop) : Result<Round>(Round::all);
  }
  for (const std::string& cluster : rest) {
    if (cluster > blocked_by_) let_go(cluster, problems);
  }
  return Round::blocked;
}

void RunLocks::let_go(const std::string& cluster, Diagnostics& problems) {
  {
    const std::lock_guard lock(mutex_);
    if (held_.erase(cluster) == 0) return;
  }
  auto gone = locks_.release(cluster, request_.holder(cluster));
  if (!gone) append(problems, std::move(gone.error()));
}

bool RunLocks::start_renewing() {
  renewing_ = try_thread([this](const std::stop_token& own) {
    std::mutex mutex;
    std::unique_lock lock(mutex);
    // Of the machine, not of the port: what the port's clock says decides only whether a lock is lost.
    while (!wake_.wait_for(lock, own, period, [&own] { return own.stop_requested(); })) {
      try {
        renew();
      } catch (const std::exception&) {
        // A round that could not be made for want of memory: the next one tells whether the locks are lost.
        continue;
      }
    }
  });
  return renewing_.has_value();
}

void RunLocks::renew() {
  std::vector<std::string> clusters;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [cluster, since] : held_) clusters.push_back(cluster);
  }
  const TimePoint asked = clock_.now();
  auto answers = ask_all<void>(
      clusters, [&](const std::string& cluster) { return locks_.renew(cluster, request_.holder(cluster)); });
  const TimePoint now = clock_.now();
  bool any_lost = false;
  {
    const std::lock_guard lock(mutex_);
    for (std::size_t i = 0; i < clusters.size(); ++i) {
      const auto held = held_.find(clusters[i]);
      // Let go meanwhile.
      if (held == held_.end()) continue;
      if (answers[i]) {
        held->second = asked;
        continue;
      }
      Diagnostics& why = answers[i].error();
      const bool taken = !why.empty() && why.front().code == Code::lock_lost;
      // Another run may take it before the next renewal.
      const bool too_late = now - held->second >= ClusterLocks::duration - period;
      if (!taken && !too_late) continue;
      for (Diagnostic& one : why) {
        if (one.code == Code::lock_lost) continue;
        one.cause = fmt::format("its lock could not be renewed before it expires: {}", one.cause);
        one.code = Code::lock_lost;
        one.summary = "the lock of the cluster was lost";
      }
      any_lost = true;
      append(losses_, std::move(why));
      held_.erase(held);
    }
  }
  if (any_lost) lost_.request_stop();
}

Diagnostics RunLocks::losses() const {
  const std::lock_guard lock(mutex_);
  return losses_;
}

Diagnostics RunLocks::release() {
  renewing_.reset();
  std::vector<std::string> clusters;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [cluster, since] : held_) clusters.push_back(cluster);
    held_.clear();
  }
  const auto answers = ask_all<void>(
      clusters, [&](const std::string& cluster) { return locks_.release(cluster, request_.holder(cluster)); });
  Diagnostics problems;
  for (const auto& answer : answers) {
    if (answer) continue;
    for (Diagnostic one : answer.error()) {
      one.severity = Severity::warning;
      one.summary = "the lock of the cluster could not be released";
      one.cause += fmt::format("; it expires by itself within {} s", ClusterLocks::duration.count());
      problems.push_back(std::move(one));
    }
  }
  return problems;
}

RunLocks::~RunLocks() {
  try {
    (void)release();
  } catch (const std::exception&) {
    // They expire by themselves.
    return;
  }
}

}  // namespace mesh
