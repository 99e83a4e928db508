#include "engine/plan/same_cluster.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/plan/select.h"

namespace mesh {
namespace {

enum class Same { no, maybe, yes };

ClusterUids recorded_uids(const std::string& name, const Snapshot& last) {
  const auto recorded = last.clusters.find(name);
  return recorded == last.clusters.end() ? ClusterUids() : recorded->second.uids;
}

ClusterUids first_known(const ClusterUids& one, const ClusterUids& other) { return one.empty() ? other : one; }

Same compare(const ClusterState& gone, const ClusterState& here, const Snapshot& last) {
  const ClusterUids here_uids = first_known(here.uids, recorded_uids(here.name, last));
  const SameCluster same = same_cluster(first_known(recorded_uids(gone.name, last), gone.uids), here_uids);
  if (same != SameCluster::unknown) return same == SameCluster::yes ? Same::yes : Same::no;
  if (!gone.server.empty() && gone.server == here.server && gone.ca_pem == here.ca_pem) return Same::yes;
  // One cluster has many addresses: only reading it could tell that it is another.
  return here_uids.empty() ? Same::maybe : Same::no;
}

std::string place_of(const ClusterSpec& cluster) {
  return cluster.at.line == 0 ? fmt::format("`{}`", cluster.name)
                              : fmt::format("`{}` ({}:{})", cluster.name, cluster.at.file, cluster.at.line);
}

std::optional<Position> position_of(const ClusterSpec& cluster) {
  return cluster.at.line == 0 ? std::nullopt : std::optional<Position>(cluster.at);
}

Diagnostic named_twice(const ClusterSpec& first, const ClusterSpec& second, const ClusterState& state) {
  return {
      .code = Code::same_cluster,
      .at = position_of(second),
      .where = fmt::format("cluster {}", second.name),
      .summary = "two names of the spec lead to one cluster",
      .cause = fmt::format("{} and {} are the cluster whose {}: what is done to one is done to the other",
                           place_of(first), place_of(second), to_string(state.uids)),
      .hint = fmt::format("give one of them the kubeconfig or context of its own cluster, or take it out of the spec "
                          "(nothing that the other wants is destroyed then)")};
}

}  // namespace

bool leads_elsewhere(const ClusterState& state, const LastClusters& last) {
  const auto recorded = last.find(state.name);
  return recorded != last.end() && same_cluster(state.uids, recorded->second.uids) == SameCluster::no;
}

Diagnostic report_elsewhere(const ClusterState& state, const Spec& spec, const LastClusters& last) {
  std::string cause = fmt::format("its kubeconfig leads to a cluster whose {}; in that of the last snapshot {}",
                                  to_string(state.uids), to_string(last.at(state.name).uids));
  for (const auto& [name, other] : last) {
    if (same_cluster(state.uids, other.uids) == SameCluster::yes)
      cause += fmt::format("; it is the one called {}", name);
  }
  const bool removed = !spec.clusters.contains(state.name);
  return {.code = Code::other_cluster,
          .at = removed ? std::nullopt : position_of(spec.clusters.at(state.name)),
          .where = fmt::format("cluster {}", state.name),
          .summary = "name leads to another cluster than before",
          .cause = std::move(cause),
          .hint = removed ? fmt::format("let the kubeconfig and context that the spec had for {} lead to it again; or "
                                        "`mesh forget {}` when that cluster does not exist any more",
                                        state.name, state.name)
                          : fmt::format("check the kubeconfig and its context; when the cluster was made anew: "
                                        "--accept-new-cluster {}",
                                        state.name)};
}

std::map<std::string, std::string> renamed_clusters(const Spec& spec, const std::map<std::string, ClusterSpec>& removed,
                                                    const Snapshot& last, const LiveState& live) {
  std::map<std::string, std::string> renamed;
  for (const auto& [old_name, unused] : removed) {
    const auto gone = live.clusters.find(old_name);
    if (gone == live.clusters.end()) continue;
    Same best = Same::no;
    for (const auto& [name, cluster] : spec.clusters) {
      const auto here = live.clusters.find(name);
      if (here == live.clusters.end()) continue;
      const Same same = compare(gone->second, here->second, last);
      if (same <= best) continue;
      best = same;
      renamed[old_name] = name;
    }
  }
  return renamed;
}

Diagnostic report_renamed(const std::string& old_name, const std::string& new_name, const Spec& spec,
                          const LiveState& live) {
  const ClusterSpec& cluster = spec.clusters.at(new_name);
  Diagnostic diagnostic{.code = Code::same_cluster,
                        .severity = Severity::warning,
                        .at = position_of(cluster),
                        .where = fmt::format("cluster {}", new_name)};
  const ClusterState& here = live.clusters.at(new_name);
  if (here.uids.empty()) {
    diagnostic.summary = "removed cluster is left alone";
    diagnostic.cause = fmt::format(
        "`{}` is gone from the spec and `{}` is new in it; they may be one cluster, which cannot be "
        "distinguished before `{}` can be read",
        old_name, new_name, new_name);
    diagnostic.hint =
        here.left_out() ? fmt::format("choose {} as well", new_name) : fmt::format("fix the access to {}", new_name);
  } else {
    diagnostic.summary = "cluster has a new name";
    diagnostic.cause = fmt::format(
        "`{}`, which is gone from the spec, and `{}` are one cluster: only what `{}` does not want "
        "is taken away",
        old_name, new_name, new_name);
  }
  return diagnostic;
}

std::map<std::string, Diagnostics> clusters_named_twice(const Spec& spec, const LiveState& live,
                                                        const std::vector<std::string>& only,
                                                        const std::vector<std::string>& exclude) {
  std::map<std::string, Diagnostics> found;
  std::vector<std::pair<const ClusterSpec*, const ClusterState*>> known;
  for (const auto& [name, cluster] : spec.clusters) {
    const auto state = live.clusters.find(name);
    if (state == live.clusters.end() || state->second.uids.empty() || !leaves_any_of(name, only, exclude)) continue;
    const auto first = std::find_if(known.begin(), known.end(), [&](const auto& other) {
      return same_cluster(other.second->uids, state->second.uids) == SameCluster::yes;
    });
    if (first == known.end()) {
      known.emplace_back(&cluster, &state->second);
    } else {
      found[name].push_back(named_twice(*first->first, cluster, state->second));
    }
  }
  return found;
}

}  // namespace mesh
