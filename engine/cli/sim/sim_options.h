#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mesh::cli {

/// What the flags of `mesh sim` fill.
struct SimOptions {
  enum class Action { up, run, fault_list, fault_add, fault_clear };
  Action action = Action::up;
  /// Without a spec; nothing: 3.
  std::optional<int> clusters;
  /// Platforms of c1, c2, …, again from the first when there are more clusters.
  std::vector<std::string> platforms;
  /// A spec whose clusters are simulated instead.
  std::optional<std::string> spec;
  /// Begin with what was applied in this snapshot of the spec's state.
  std::optional<std::string> snapshot;
  std::string dir;
  std::string listen = "127.0.0.1:0";
  std::optional<std::string> faults_file;
  /// Revision of every istiod; `none`: clusters without one. Empty: the spec's, else asm-1233-2.
  std::string istiod;
  /// Without a spec; nothing: as the fleet calls them.
  std::optional<std::string> cluster_id_prefix;
  /// `KIND` or `CLUSTER=KIND`: ip, hostname or none.
  std::vector<std::string> load_balancers;
  /// `WHAT=DURATION`.
  std::vector<std::string> delays;
  std::uint64_t seed = 1;
  /// With Istio's samples in every cluster.
  bool samples = false;
  /// run: the command and its arguments.
  std::vector<std::string> command;
  /// fault add: KEY=VALUE. fault clear: ids.
  std::vector<std::string> words;
};

}  // namespace mesh::cli
