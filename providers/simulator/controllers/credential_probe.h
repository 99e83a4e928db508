#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "providers/simulator/controllers/cluster_context.h"
#include "providers/simulator/istio/traffic/simulated_clusters.h"

namespace mesh::simulator {

/// Goes with a credential to the API server at its URL, as istiod would: is it there, does its
/// certificate fit, does it know the token, and does it let its owner list and watch what informers need
/// (istio-facts 5.2)?
///
/// Keeps an answer as long as nothing was written that it depends on, for a minute at most: tokens may run out. Safe
/// from any thread.
class CredentialProbe {
 public:
  ApiProbe probe(const std::vector<ClusterContext*>& contexts, const RemoteCredential& credential);

 private:
  struct Kept {
    std::uint64_t revision = 0;
    TimePoint until;
    /// What is not allowed; empty: all is.
    std::string refused;
  };
  std::string judge(const ClusterContext& context, const std::string& token);

  std::mutex mutex_;
  /// By cluster and digest of the token.
  std::map<std::string, Kept> kept_;
};

}  // namespace mesh::simulator
