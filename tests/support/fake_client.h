#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "providers/kubernetes/client.h"
#include "tests/support/fake_cluster.h"

namespace mesh::testing {

/// One cluster behind a Client: the objects, how it answers, and what was asked. Thread-safe through `mutex`.
struct FakeServer {
  FakeServer(const std::string& cluster_name, const FieldSchemas& schemas)
      : cluster(cluster_name, schemas), name(cluster_name) {}

  std::mutex mutex;
  FakeCluster cluster;
  std::string name;
  std::string url = "https://api.example:6443";
  std::string ca_pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  bool insecure = false;
  /// Versions in which Gateway is served.
  std::set<std::string> gateway_versions = {"v1", "v1beta1", "v1alpha3"};
  std::string version = "v1.32.1";
  /// Rights that its account lacks, as `to_string` writes them.
  std::set<std::string> denied;
  std::optional<std::chrono::seconds> clock_skew = std::chrono::seconds(0);
  std::chrono::milliseconds latency{3};
  /// Controllers: fill token Secrets, make Deployments available, give Services addresses.
  bool controllers = true;
  /// A wait for what is missing lasts until somebody stops it, instead of ending at once.
  bool waits_block = false;
  /// Asked before each call with its line in the log; an answer is the call's failure.
  std::function<std::optional<Diagnostic>(const std::string& call)> fail;
  /// Runs commands in pods; without it every command is refused.
  std::function<Result<kubernetes::ExecAnswer>(const kubernetes::ExecRequest& exec)> exec;
  /// Answers for pages of pods; without it every page is refused.
  std::function<Result<std::string>(const kubernetes::PodPage& page)> page;
  /// Asked before each write and removal: whether its answer is lost after it took effect. The client then sends it
  /// once more, as the real one does.
  std::function<bool(const std::string& call)> lose;
  /// Objects that the next removal only marks: a finalizer holds them, and the caller is stopped while it waits. The
  /// removal after that one sees them go.
  std::set<ObjectId> lingers;
  /// `version`, `read Secret istio-system/x (metadata)`, `apply …`, `apply … (forced)`, `patch …`, `remove …`,
  /// `wait …`, `dial URL`, `probe`,
  /// `may` (all rights at once).
  std::vector<std::string> calls;
  /// Tokens that the API server took, by the answer to dial.
  std::vector<std::string> dialled_tokens;

  std::vector<std::string> calls_with(const std::string& part);
  /// Makes a namespace and a revisioned istiod in it.
  void install_istiod(const std::string& revision, const std::string& cluster_id,
                      const std::string& ns = "istio-system");
};

/// Clients of the servers by cluster name. `refused`: clusters whose kubeconfig is no good.
class FakeClients final : public kubernetes::ClientFactory {
 public:
  FakeServer& add(const std::string& cluster, const FieldSchemas& schemas);
  FakeServer& at(const std::string& cluster) { return *servers_.at(cluster); }

  Result<std::unique_ptr<kubernetes::Client>> connect(const ClusterSpec& cluster, const std::string& field_manager,
                                                      Diagnostics& diagnostics) override;

  std::set<std::string> refused;
  /// Clusters whose kubeconfig was opened.
  std::set<std::string> connected;

 private:
  std::mutex mutex_;
  std::map<std::string, std::unique_ptr<FakeServer>> servers_;
};

}  // namespace mesh::testing
