#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/model/checks/discovery.h"
#include "engine/model/checks/remote_credential.h"
#include "engine/model/checks/right.h"
#include "engine/model/checks/trust.h"
#include "engine/model/object.h"
#include "engine/model/plan.h"

namespace mesh {

/// error: traffic or an apply fails. warning: works today, or only in part. unknown: something could not be asked.
enum class FindingSeverity { error, warning, unknown };

std::string to_string(FindingSeverity severity);

/// One check of the catalogue.
struct CheckInfo {
  std::string id = {};
  FindingSeverity severity = FindingSeverity::warning;
  /// One sentence: what must be so, and where that is read.
  std::string looks_at = {};

  bool operator==(const CheckInfo&) const = default;
};

/// One condition that a check found. Texts may come from clusters: made printable where they are shown.
struct Finding {
  std::string id = {};
  FindingSeverity severity = FindingSeverity::warning;
  /// Empty: the mesh as a whole.
  std::string cluster = {};
  /// The other cluster, where two are concerned.
  std::string peer = {};
  std::optional<ObjectId> object = {};
  /// The values that were read.
  std::string read = {};
  /// What follows from them.
  std::string means = {};
  /// What to do now; `do` in JSON.
  std::string hint = {};

  bool operator==(const Finding&) const = default;
};

/// How one check of the catalogue ended.
struct CheckOutcome {
  CheckInfo check = {};
  bool skipped = false;
  /// Clusters in which it could not be made.
  std::set<std::string> unknown_in = {};

  bool operator==(const CheckOutcome&) const = default;
};

struct CheckReport {
  std::string mesh = {};
  /// All that the checks ask for could be read.
  bool complete = true;
  std::vector<PlannedCluster> clusters = {};
  /// The whole catalogue, in its order.
  std::vector<CheckOutcome> checks = {};
  /// By cluster, then by severity, then in the order of the catalogue.
  std::vector<Finding> findings = {};
  /// Who trusts whom; without clusters where no time was given, as certificates are judged by it.
  TrustGraph trust = {};
  /// Who discovers whom, by `from` and `to`; with CheckDepth::effective.
  std::optional<std::vector<DiscoveryEdge>> discovery = {};
  Diagnostics diagnostics = {};

  bool operator==(const CheckReport&) const = default;
};

/// The findings of that severity.
std::size_t count_of(const CheckReport& report, FindingSeverity severity);

/// Which things are read for checks.
enum class CheckDepth {
  /// What concerns the actions of a plan: six lists at most.
  plan,
  everything,
  /// Besides, which endpoints and gateways each istiod has in memory.
  effective
};

/// What one list brought, or why it could not be read.
struct CheckList {
  std::vector<Object> objects = {};
  /// False: the API server does not serve the kind.
  bool served = true;
  Diagnostics why = {};

  bool operator==(const CheckList&) const = default;
};

/// What is read of a cluster for checks, beside its ClusterState. No value of a Secret is among it: of remote Secrets
/// what may be told of them.
struct CheckReading {
  /// By a name that the provider gives to what it lists.
  std::map<std::string, CheckList> lists = {};
  /// Whether the account of mesh has a right; nothing when the API server did not say.
  std::map<Right, std::optional<bool>> rights = {};
  std::optional<std::chrono::milliseconds> latency = {};
  /// Positive: the API server's clock is ahead.
  std::optional<std::chrono::seconds> clock_skew = {};
  /// The istiod pods that run, of all revisions, or why they could not be listed.
  std::vector<IstiodMemory> istiods = {};
  Diagnostics istiods_why = {};
  /// One for each key of the remote Secrets, or why they could not be read.
  std::vector<RemoteCredential> credentials = {};
  Diagnostics credentials_why = {};

  bool operator==(const CheckReading&) const = default;
};

}  // namespace mesh
