#pragma once

#include <chrono>
#include <functional>
#include <stop_token>
#include <string>

#include "engine/model/checks/verification.h"
#include "engine/model/spec.h"
#include "engine/port/clock.h"
#include "providers/istio/verification/workloads.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

struct VerifyRequest {
  /// Calls from each cluster; more of them while a version is missing.
  int requests = 20;
  /// Tells its namespace from those of other runs: lower-case letters and digits, a few.
  std::string run = {};
  /// Every cluster of the spec, not a sample.
  bool all = false;
  /// No workloads: `probe_mesh` instead.
  bool probe = false;
  VerifyImages images = {};
  /// Until the workloads are ready.
  std::chrono::milliseconds ready{120'000};
  /// Until every expected version has answered.
  std::chrono::milliseconds settle{30'000};
  /// Clusters worked on at once.
  int parallelism = 32;
  /// Told what happens in which cluster; called on any thread.
  std::function<void(const std::string& cluster, const std::string& what)> on_event = {};
};

/// The guide's own test (istio-facts 9): starts HelloWorld and Sleep in a namespace of its own in each cluster, calls
/// from each, judges what is missing, and removes the namespaces, also after a stop. Runs at the same time do not
/// touch each other's: what another run left is removed once it can no longer go on. Diagnostics: cancelled, and why
/// something could not be removed.
Verification verify_mesh(const Spec& spec, const VerifyRequest& request, kubernetes::ClientFactory& clients,
                         Clock& clock, std::stop_token stop);

}  // namespace mesh::istio
