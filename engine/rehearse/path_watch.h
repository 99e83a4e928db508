#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "engine/model/rehearsal.h"
#include "engine/port/clock.h"
#include "engine/port/progress.h"
#include "providers/simulator/simulator.h"

namespace mesh::rehearse {

/// Looks again and again which clusters' workloads reach which, and what is under way at that moment.
class PathWatch final : public Progress {
 public:
  PathWatch(const simulator::Simulation& simulation, Clock& clock) : simulation_(simulation), clock_(clock) {}

  /// Waits until two looks in a row see the same, for at most `patience`.
  void settle(std::chrono::milliseconds patience, const std::stop_token& stop);
  /// The last look becomes the state before; looks go on in a thread until end().
  void begin();
  void end();
  std::vector<RehearsedPath> paths() const;

  void started(const Address& address, Operation operation) override;
  void waiting(const Address& address, const std::string& what) override;
  void retrying(const Address& address, const std::string& why, std::chrono::milliseconds delay) override;
  void finished(const ActionReport& report) override;

 private:
  using Ends = std::pair<std::string, std::string>;
  struct Probe {
    bool reached = true;
    std::string reason;
    bool operator==(const Probe&) const = default;
  };
  /// By caller's cluster and the pods'; reached when all pods are.
  std::map<Ends, Probe> probe() const;
  void take(const std::map<Ends, Probe>& now);

  const simulator::Simulation& simulation_;
  Clock& clock_;
  mutable std::mutex mutex_;
  // Under mutex_.
  std::set<Address> running_;
  std::map<Ends, Probe> before_;
  std::map<Ends, Probe> last_;
  std::map<Ends, RehearsedPath> broken_;
  std::optional<std::jthread> thread_;
};

}  // namespace mesh::rehearse
