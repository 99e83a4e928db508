#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>

#include "engine/model/plan.h"
#include "engine/port/clock.h"
#include "engine/port/provider.h"
#include "engine/rehearse/in_process_clients.h"

namespace mesh::testing {

class RealClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  std::chrono::system_clock::time_point wall() const override { return std::chrono::system_clock::now(); }
  bool sleep_until(TimePoint when, std::stop_token stop) override;
};

/// A mesh of two simulated clusters c1 and c2 that stand for real ones, reached in process.
struct TwoClusters {
  TwoClusters();

  LiveState read();
  Plan plan(const LiveState& live);
  /// Plans and carries the plan out; a test failure when an action fails.
  void apply();

  RealClock clock;
  Spec spec;
  std::map<std::string, ClusterSpec> removed;
  std::unique_ptr<simulator::Simulation> simulation;
  std::unique_ptr<kubernetes::ClientFactory> clients;
  std::unique_ptr<Provider> provider;
};

}  // namespace mesh::testing
