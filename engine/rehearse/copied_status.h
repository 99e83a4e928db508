#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/model/live_state.h"
#include "engine/model/plan.h"
#include "engine/port/progress.h"
#include "providers/simulator/simulator.h"

namespace mesh::rehearse {

/// What a live object has not: a simulated cluster keeps it from the copy too, until an action changes the object.
struct CopiedStatus {
  ObjectId id;
  simulator::Fault fault;
};

/// What was read of the status of gateways and istiods.
struct StatusCopy {
  std::vector<CopiedStatus> kept;
  /// Warnings of what is not ready and yet is in the copy.
  Diagnostics assumed;
};

/// A gateway's Service without an address, and a Deployment of which no pod is available, are copied. One that is
/// available in part, and an istiod that is not, are taken to be well.
StatusCopy status_of(const LiveState& live, const std::string& system_namespace);

/// Ends the fault of an object when the action begins that changes it; tells everything on.
class StatusWatch final : public Progress {
 public:
  StatusWatch(Progress& next, simulator::FaultSet& faults, const Plan& plan, const std::vector<CopiedStatus>& kept);

  void started(const Address& address, Operation operation) override;
  void waiting(const Address& address, const std::string& what) override { next_.waiting(address, what); }
  void retrying(const Address& address, const std::string& why, std::chrono::milliseconds delay) override {
    next_.retrying(address, why, delay);
  }
  void finished(const ActionReport& report) override { next_.finished(report); }

 private:
  Progress& next_;
  simulator::FaultSet& faults_;
  /// Ids of the faults that end, by action. Never changes once made.
  std::multimap<Address, std::string> ending_;
};

}  // namespace mesh::rehearse
