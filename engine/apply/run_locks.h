#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "engine/base/result.h"
#include "engine/port/clock.h"
#include "engine/port/cluster_locks.h"

namespace mesh {

/// What a run locks, and how long it waits for others.
struct LockRequest {
  std::set<std::string> clusters;
  /// The same run for each; what it writes there differs.
  std::function<LockHolder(const std::string& cluster)> holder;
  /// Zero: the first lock that another run holds is an error.
  std::chrono::milliseconds patience{0};
  /// Told once per lock that is waited for; may be empty.
  std::function<void(const std::string& cluster, const ClusterLock& lock)> waiting = {};
};

/// The locks of one run. It holds all of them or none, renews them on a thread of its own, and says when one was lost.
/// Taken in the order of the names: a run waits for a lock only while it holds none that comes later, so no two wait
/// for each other. After the first all the others are tried at once.
class RunLocks {
 public:
  /// Errors: lock_held (who, since when, which cluster), cancelled, internal (no thread can be had), those of
  /// ClusterLocks::take. Then none is held.
  static Result<std::unique_ptr<RunLocks>> take(ClusterLocks& locks, Clock& clock, LockRequest request,
                                                const std::stop_token& stop);
  ~RunLocks();
  RunLocks(const RunLocks&) = delete;
  RunLocks& operator=(const RunLocks&) = delete;

  /// Locks that were found with a run that did not end.
  const std::map<std::string, ClusterLock>& found() const { return found_; }
  /// Asked to stop when a lock was lost, or could not be renewed before it expires.
  std::stop_token lost() const { return lost_.get_token(); }
  /// Why.
  Diagnostics losses() const;
  /// Renews all once. Called by the thread every `period`.
  void renew();
  /// Ends the renewing and leaves no lock behind. Answers warnings.
  Diagnostics release();

  /// Three renewals fit into the time for which a lock counts as held.
  static constexpr std::chrono::seconds period{8};

 private:
  RunLocks(ClusterLocks& locks, Clock& clock, LockRequest request)
      : locks_(locks), clock_(clock), request_(std::move(request)) {}
  enum class Round { all, blocked };
  Result<Round> try_rest(const std::stop_token& stop);
  bool start_renewing();
  void let_go(const std::string& cluster, Diagnostics& problems);

  ClusterLocks& locks_;
  Clock& clock_;
  const LockRequest request_;
  /// When each was last taken or renewed: as of before the request.
  std::map<std::string, TimePoint> held_;
  std::map<std::string, ClusterLock> found_;
  /// The first, by name, that another run holds.
  std::string blocked_by_;
  ClusterLock blocker_;
  std::stop_source lost_;
  mutable std::mutex mutex_;
  /// Under mutex_.
  Diagnostics losses_;
  std::condition_variable_any wake_;
  /// Last, so that it ends before what it uses.
  std::optional<std::jthread> renewing_;
};

}  // namespace mesh
