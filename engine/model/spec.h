#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/base/position.h"

namespace mesh {

enum class CertificateAuthority { mesh_ca, ca_service, istio_ca };
enum class Exposure { public_, internal };

/// The revision that means "read it from each cluster's istiod".
inline constexpr const char* auto_revision = "auto";

struct ReplicaRange {
  int min = 2;
  int max = 5;

  bool operator==(const ReplicaRange&) const = default;
};

/// The east-west gateway of one cluster, defaults merged.
struct GatewaySpec {
  ReplicaRange replicas = {};
  Exposure exposure = Exposure::public_;
  /// CIDR blocks for `loadBalancerSourceRanges`; empty: open to all.
  std::vector<std::string> source_ranges = {};
  std::optional<std::string> load_balancer_ip = {};

  bool operator==(const GatewaySpec&) const = default;
};

struct MeshSpec {
  std::string name = {};
  /// Mesh ID: `proj-<project_number>` for a fleet, or what `mesh.id` says.
  std::string id = {};
  std::optional<std::string> fleet_project = {};
  std::optional<std::int64_t> project_number = {};
  CertificateAuthority ca = CertificateAuthority::istio_ca;
  /// A revision name, `default`, or `auto_revision`.
  std::string revision = {};
  /// The namespace of istiod and of everything that mesh writes.
  std::string system_namespace = "istio-system";
  /// Networks whose clusters reach each other's pods directly; only these may be shared by clusters.
  std::set<std::string> flat_networks = {};
  /// Allows API server addresses that only this machine can dial: for simulated clusters and tests.
  bool local_api_servers = false;

  bool operator==(const MeshSpec&) const = default;
};

struct StateSpec {
  /// Path of the git repository; relative to the spec's folder in the file, resolved here.
  std::filesystem::path repo = {};
  std::optional<std::string> remote = {};

  bool operator==(const StateSpec&) const = default;
};

/// What a person has to say yes to once more.
struct PolicySpec {
  /// A plan of more actions that write needs --allow-changes.
  std::optional<std::size_t> max_changes = {};

  bool operator==(const PolicySpec&) const = default;
};

struct ClusterSpec {
  std::string name = {};
  /// What istiod calls the cluster (`CLUSTER_ID`); key of the remote Secret's data.
  std::string id = {};
  std::string platform = {};
  /// Kubeconfig files, merged as kubectl merges them (the first to set a value wins), resolved against the spec's
  /// folder. Empty: `$KUBECONFIG`, else `~/.kube/config`.
  std::vector<std::filesystem::path> kubeconfig = {};
  /// Empty: the kubeconfig's current context.
  std::string context = {};
  std::string network = {};
  /// URL that the other clusters dial; nothing: the server of the kubeconfig.
  std::optional<std::string> api_server = {};
  GatewaySpec gateway = {};
  /// Names of the clusters whose services this one discovers; sorted, without itself.
  std::vector<std::string> peers = {};
  bool protect = false;
  /// Where the cluster's table stands.
  Position at = {};

  bool operator==(const ClusterSpec&) const = default;
};

/// The file, checked, with defaults filled in. Names, ids, networks and peers are consistent.
struct Spec {
  MeshSpec mesh = {};
  StateSpec state = {};
  PolicySpec policy = {};
  std::map<std::string, ClusterSpec> clusters = {};
  /// The text it was read from, and that text's SHA-256 in hex.
  std::string text = {};
  std::string digest = {};

  bool operator==(const Spec&) const = default;
};

}  // namespace mesh
