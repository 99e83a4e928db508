#include "engine/rehearse/path_watch.h"

#include <algorithm>

#include "engine/jobs/workers.h"

namespace mesh::rehearse {

namespace {

constexpr std::chrono::milliseconds pause_between_looks{15};

}  // namespace

std::map<PathWatch::Ends, PathWatch::Probe> PathWatch::probe() const {
  std::map<Ends, Probe> ends;
  for (const simulator::TrafficPath& path : simulator::paths(simulation_.clusters())) {
    // The other sample only calls: nothing listens behind its Service.
    if (path.service.name != "helloworld") continue;
    Probe& one = ends[{path.caller, path.cluster}];
    if (path.verdict.reached() || !one.reached) continue;
    one = {.reached = false, .reason = path.verdict.reason};
  }
  return ends;
}

void PathWatch::settle(std::chrono::milliseconds patience, const std::stop_token& stop) {
  const TimePoint deadline = clock_.now() + patience;
  std::map<Ends, Probe> earlier;
  for (;;) {
    auto now = probe();
    const bool same = !now.empty() && now == earlier;
    {
      const std::lock_guard lock(mutex_);
      take(now);
    }
    if (same || clock_.now() >= deadline) return;
    earlier = std::move(now);
    if (!clock_.sleep_until(clock_.now() + 10 * pause_between_looks, stop)) return;
  }
}

void PathWatch::take(const std::map<Ends, Probe>& now) {
  for (const auto& [ends, seen] : now) {
    const auto before = before_.find(ends);
    if (seen.reached || before == before_.end() || !before->second.reached) continue;
    RehearsedPath& path = broken_[ends];
    if (!path.broke) path.reason = seen.reason;
    path.broke = true;
    for (const Address& address : running_) {
      if (std::find(path.during.begin(), path.during.end(), address) == path.during.end())
        path.during.push_back(address);
    }
  }
  last_ = now;
}

void PathWatch::begin() {
  before_ = last_;
  thread_ = try_thread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const TimePoint started = clock_.now();
      const auto now = probe();
      {
        const std::lock_guard lock(mutex_);
        take(now);
      }
      // A large mesh takes long to look at: the looking must not keep the clusters from their work.
      const auto took = clock_.now() - started;
      clock_.sleep_until(clock_.now() + std::max<std::chrono::steady_clock::duration>(pause_between_looks, 2 * took),
                         stop);
    }
  });
}

void PathWatch::end() { thread_.reset(); }

std::vector<RehearsedPath> PathWatch::paths() const {
  const std::lock_guard lock(mutex_);
  std::vector<RehearsedPath> list;
  for (const auto& [ends, seen] : last_) {
    RehearsedPath path;
    if (const auto broken = broken_.find(ends); broken != broken_.end()) path = broken->second;
    path.from = ends.first;
    path.to = ends.second;
    const auto before = before_.find(ends);
    path.before = before != before_.end() && before->second.reached;
    path.after = seen.reached;
    if (!seen.reached) path.reason = seen.reason;
    list.push_back(std::move(path));
  }
  return list;
}

void PathWatch::started(const Address& address, Operation) {
  const std::lock_guard lock(mutex_);
  running_.insert(address);
}

void PathWatch::waiting(const Address&, const std::string&) {}

void PathWatch::retrying(const Address&, const std::string&, std::chrono::milliseconds) {}

void PathWatch::finished(const ActionReport& report) {
  const std::lock_guard lock(mutex_);
  running_.erase(report.address);
}

}  // namespace mesh::rehearse
