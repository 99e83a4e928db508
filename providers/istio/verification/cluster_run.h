#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/model/checks/verification.h"
#include "engine/model/spec.h"
#include "engine/port/clock.h"
#include "providers/istio/verification/workloads.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// What all clusters of a verification share.
struct VerifyContext {
  const MeshSpec& mesh;
  const VerifyImages& images;
  /// The namespace of this run, and until when other runs leave it alone.
  std::string ns;
  std::chrono::system_clock::time_point needed_until = {};
  /// When everything but the removal ends, done or not.
  TimePoint last_moment = TimePoint::max();
  Clock& clock;
  std::stop_token stop;
  /// Until workloads are ready.
  std::chrono::milliseconds ready;
  /// Told what happens in which cluster; called on any thread.
  const std::function<void(const std::string& cluster, const std::string& what)>& on_event;
};

/// Until a namespace with its pods is gone.
inline constexpr std::chrono::seconds removal_time(120);

/// A pod of the workloads, and what decides about traffic.
struct VerifyPod {
  std::string name;
  std::string address;
  bool injected = false;
};

/// One cluster while it is verified. The client may be null: then `result` says why.
struct ClusterRun {
  const ClusterSpec* cluster = nullptr;
  kubernetes::Client* client = nullptr;
  VerifiedCluster result = {};
  /// Of the namespace; empty: it is not there, or not known.
  std::string ns_uid = {};
  /// This run has created the namespace, or has tried to and had no answer.
  bool may_have_created = false;
  std::vector<VerifyPod> hello = {};
  std::vector<VerifyPod> callers = {};
  /// Answers by the pod that gave them.
  std::map<std::string, int> answers = {};
  /// Of the last calls.
  int failed_last = 0;
  std::string last_failure = {};

  bool usable() const { return client != nullptr && result.asked(); }
};

/// Removes the namespaces of earlier runs that ended without doing so. What may belong to a run that goes on is left
/// alone. Warnings: what could not be removed. Errors, in the result: those of Client, but a missing right to list.
Diagnostics remove_leftovers(ClusterRun& run, const VerifyContext& context);
/// Creates the namespace and the workloads, and waits until they are ready. Errors, in the result:
/// belongs_to_other_mesh for a namespace that was there already, which stays untouched; those of Client.
void deploy_workloads(ClusterRun& run, const VerifyContext& context);
/// Calls HelloWorld that many times from the cluster.
void call_hello(ClusterRun& run, int requests, const VerifyContext& context);
/// Removes the namespace that this run created, also after a stop, and waits until it is gone.
Diagnostics remove_namespace(ClusterRun& run, const VerifyContext& context);

}  // namespace mesh::istio
