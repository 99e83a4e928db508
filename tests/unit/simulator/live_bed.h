#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/simulator/simulator.h"
#include "tests/support/fake_clock.h"

namespace mesh::simulator {

/// Simulated API servers with a world behind them, on a clock that a test moves.
class LiveBed {
 public:
  explicit LiveBed(std::vector<std::string> names = {"a"}, Platform platform = {});

  ApiServer& api(const std::string& name = "a") { return *apis_.at(name); }
  SimulatedWorld& world() { return *world_; }
  FaultSet& faults() { return faults_; }

  /// Does everything up to `span` from now; stops early when all is quiet.
  void pass(std::chrono::milliseconds span = std::chrono::seconds(20));
  /// Installs istiod as the bed's mesh has it, in network net-NAME with id id-NAME.
  void install(const std::string& name, const std::string& revision = "default");
  /// Applies an object by server-side apply as `kubectl`. Fails the test when refused.
  nlohmann::json apply(const std::string& name, const nlohmann::json& object);
  nlohmann::json get(const std::string& name, const std::string& path);
  std::vector<nlohmann::json> list(const std::string& name, const std::string& path);
  int remove(const std::string& name, const std::string& path);
  static std::string server(const std::string& name) { return "https://127.0.0.1:6443/clusters/" + name; }

 private:
  mesh::testing::FakeClock clock_;
  FaultSet faults_{clock_, 1};
  SigningAuthority root_ = make_root("acme");
  std::map<std::string, std::unique_ptr<ApiServer>> apis_;
  std::unique_ptr<SimulatedWorld> world_;
};

nlohmann::json load_balancer_service(const std::string& name, const std::string& ns = "default");
nlohmann::json plain_deployment(const std::string& name, const std::string& image, int replicas,
                                const std::string& ns = "default");

}  // namespace mesh::simulator
