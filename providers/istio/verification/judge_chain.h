#pragma once

#include <string>
#include <vector>

#include "engine/model/checks/trust.h"
#include "engine/model/checks/verification.h"

namespace mesh::istio {

/// What a workload behind the gateway of a cluster shows to callers: leaf first, never empty.
struct SeenChain {
  std::string cluster = {};
  std::vector<CaCertificate> chain = {};
};

/// Holds chains against the trust graph. Shape: one finding (PathFault::trust) for each planned way on which one side
/// refuses what the other shows. Where it cannot be told, nothing is found. `now` is RFC 3339 in UTC.
std::vector<VerificationFinding> judge_chains(const TrustGraph& graph, const std::vector<SeenChain>& seen,
                                              const std::string& now);

}  // namespace mesh::istio
