#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "engine/port/clock.h"
#include "providers/simulator/faults/fault.h"
#include "providers/simulator/faults/request_facts.h"

namespace mesh::simulator {

/// The faults that are on. Thread-safe. What strikes is drawn from the seed, the fault's id, the cluster and how many
/// of its requests the fault has matched so far: the same requests to a cluster in the same order meet the same faults.
class FaultSet {
 public:
  struct Listed {
    Fault fault;
    /// Requests struck so far, in all clusters.
    std::uint64_t strikes = 0;
  };

  FaultSet(Clock& clock, std::uint64_t seed) : clock_(clock), seed_(seed) {}

  /// Returns the id; nothing when the fault brings one that is taken.
  std::optional<std::string> add(Fault fault);
  /// False: no such fault.
  bool remove(const std::string& id);
  void clear();
  std::vector<Listed> list() const;

  /// All faults of the kinds down to conflict that strike this request, in the order in which they were added.
  std::vector<Fault> strike(const std::string& cluster, const RequestFacts& request);

  /// Whether a fault of kind silent covers answers and watches of this request that are under way.
  bool silences(const std::string& cluster, const RequestFacts& request) const;

  /// Whether a fault of that kind, one behind the API, is on for the object now. May change at any time: ask again
  /// after on_change.
  bool strikes(FaultKind kind, const std::string& cluster, const std::string& ns, const std::string& name) const;
  /// The fault of that kind that is on for the cluster now; of several the last that was added.
  std::optional<Fault> current(FaultKind kind, const std::string& cluster) const;
  /// Whether the cluster's API server answers no request now: a fault of kind down or silent strikes all of them.
  bool down(const std::string& cluster) const;

  /// When a fault begins or ends next by `after` and `lasts`, which on_change does not report.
  std::optional<TimePoint> next_change() const;

  /// Called without the lock after faults came or went.
  void on_change(std::function<void()> heard);

 private:
  struct Entry {
    Fault fault;
    TimePoint added;
    std::uint64_t strikes = 0;
    /// Requests matched, and struck, of each cluster.
    struct Tally {
      std::uint64_t matched = 0;
      std::uint64_t struck = 0;
    };
    std::map<std::string, Tally> tallies;
  };
  bool on_now(const Entry& entry) const;
  void notify();

  Clock& clock_;
  const std::uint64_t seed_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::vector<std::function<void()>> heard_;
  std::uint64_t given_ = 0;
};

}  // namespace mesh::simulator
