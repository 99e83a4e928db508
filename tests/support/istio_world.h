#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "engine/model/desired_state.h"
#include "engine/model/live_state.h"
#include "engine/model/plan.h"
#include "engine/model/report.h"
#include "engine/model/snapshot.h"
#include "engine/model/spec.h"
#include "engine/port/progress.h"
#include "engine/port/provider.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_clock.h"

namespace mesh::testing {

/// A mesh of the named clusters, all of one platform, each discovering all others, revision `asm-1233-2`.
Spec mesh_of(const std::vector<std::string>& clusters, const std::string& platform = "kubernetes");

/// A progress that nobody looks at.
class SilentProgress final : public Progress {
 public:
  void started(const Address&, Operation) override {}
  void waiting(const Address&, const std::string&) override {}
  void retrying(const Address&, const std::string&, std::chrono::milliseconds) override {}
  void finished(const ActionReport&) override {}
};

/// The spec's clusters as servers with istiods, and every step of the pipeline on them.
struct IstioWorld {
  explicit IstioWorld(Spec desired_spec);

  /// `checks`: gets what the checks of a plan look at.
  LiveState look(std::map<std::string, CheckReading>* checks = nullptr);
  DesiredState want(const LiveState& live, Intent intent = Intent::apply,
                    const std::map<std::string, ClusterSnapshot>& recorded = {}) const;
  /// Reads, works out what is desired, plans. A test failure when there is no plan.
  Plan plan(Intent intent = Intent::apply);
  Report apply(const Plan& plan, std::stop_token stop = {});

  Spec spec;
  std::map<std::string, ClusterSpec> removed;
  FakeClients clients;
  FakeClock clock;
  SilentProgress progress;
  std::unique_ptr<Provider> provider;
  int parallelism = 8;
};

/// `dc1/gateway create`, one line per action that changes something or is unknown.
std::vector<std::string> lines_of(const Plan& plan);
/// `dc1/gateway done`.
std::vector<std::string> lines_of(const Report& report);
const DesiredAction* find_action(const DesiredState& desired, const std::string& address);
const DesiredObject* find_object(const DesiredState& desired, const std::string& address, const std::string& kind);

}  // namespace mesh::testing
