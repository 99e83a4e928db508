#pragma once

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/result.h"
#include "engine/port/clock.h"
#include "providers/simulator/apiserver/authentication/tokens.h"
#include "providers/simulator/server/audit.h"
#include "providers/simulator/server/listener.h"
#include "providers/simulator/simulator.h"

namespace mesh::simulator {

struct FleetSettings : SimulationSettings {
  ListenSettings listen = {};
  /// Where NAME.audit.log are written; empty: nowhere.
  std::filesystem::path logs = {};
};

/// Simulated clusters behind one port.
class Fleet final : private RequestHandler {
 public:
  /// Serves, and every istiod that can be is available, when this returns. Errors: usage (the address), those of
  /// Simulation::start.
  static Result<std::unique_ptr<Fleet>> start(const FleetSettings& settings, Clock& clock);
  ~Fleet() override;

  /// `https://ADDR:PORT`.
  const std::string& address() const { return address_; }
  const std::string& ca_pem() const { return authority_.certificate; }
  /// Of /control.
  const std::string& control_token() const { return control_token_; }
  /// What is served.
  Simulation& simulation() { return *simulation_; }
  /// As kubectl reads it: context, cluster and current context are called like the cluster.
  std::string kubeconfig(const std::string& cluster) const;

 private:
  Fleet(const std::filesystem::path& logs, Clock& clock) : clock_(clock), audit_(logs) {}
  Result<void> open(const FleetSettings& settings);

  ResponsePlan plan_response(const IncomingRequest& incoming) override;
  void answered(const IncomingRequest& incoming, int status, std::size_t bytes, Progress stage) override;
  bool silent(const IncomingRequest& incoming) const override;
  std::shared_ptr<PodBackend> pods(const std::string& cluster) override;
  ApiResponse answer(ApiServer& api, const IncomingRequest& incoming, const std::vector<Fault>& struck) const;

  Clock& clock_;
  /// Of all API servers' addresses; its key is written nowhere.
  const SigningAuthority authority_ = make_root("mesh-simulator");
  const std::string control_token_ = random_hex();
  AuditLog audit_;
  std::string address_;
  std::unique_ptr<Simulation> simulation_;
  std::unique_ptr<Listener> listener_;
  /// Until then a request is answered with 503.
  std::atomic<bool> open_ = false;
};

}  // namespace mesh::simulator
