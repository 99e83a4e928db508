#include "engine/plan/same_cluster.h"

#include <fmt/format.h>

#include "engine/plan/select.h"

namespace mesh {
namespace {

enum class Same { no, maybe, yes };

std::string recorded_uid(const std::string& name, const Snapshot& last) {
  const auto recorded = last.clusters.find(name);
  return recorded == last.clusters.end() ? std::string() : recorded->second.uid;
}

std::string first_known(const std::string& one, const std::string& other) { return one.empty() ? other : one; }

Same compare(const ClusterState& gone, const ClusterState& here, const Snapshot& last) {
  const std::string gone_uid = first_known(recorded_uid(gone.name, last), gone.uid);
  const std::string here_uid = first_known(here.uid, recorded_uid(here.name, last));
  if (!gone_uid.empty() && !here_uid.empty()) return gone_uid == here_uid ? Same::yes : Same::no;
  if (!gone.server.empty() && gone.server == here.server && gone.ca_pem == here.ca_pem) return Same::yes;
  // One cluster has many addresses: only reading it could tell that it is another.
  return here_uid.empty() ? Same::maybe : Same::no;
}

std::string place_of(const ClusterSpec& cluster) {
  return cluster.at.line == 0 ? fmt::format("`{}`", cluster.name)
                              : fmt::format("`{}` ({}:{})", cluster.name, cluster.at.file, cluster.at.line);
}

std::optional<Position> position_of(const ClusterSpec& cluster) {
  return cluster.at.line == 0 ? std::nullopt : std::optional<Position>(cluster.at);
}

Diagnostic named_twice(const ClusterSpec& first, const ClusterSpec& second, const ClusterState& state,
                       const std::string& system_namespace) {
  return {
      .code = Code::same_cluster,
      .at = position_of(second),
      .where = fmt::format("cluster {}", second.name),
      .summary = "two names of the spec lead to one cluster",
      .cause = fmt::format("{} and {} are the cluster whose namespace {} has uid {}: what is done to one is "
                           "done to the other",
                           place_of(first), place_of(second), system_namespace, state.uid),
      .hint = fmt::format("give one of them the kubeconfig or context of its own cluster, or take it out of the spec "
                          "(nothing that the other wants is destroyed then)")};
}

}  // namespace

bool leads_elsewhere(const ClusterState& state, const Snapshot& last) {
  const std::string recorded = recorded_uid(state.name, last);
  return !state.uid.empty() && !recorded.empty() && recorded != state.uid;
}

Diagnostic report_elsewhere(const ClusterState& state, const Spec& spec, const Snapshot& last) {
  return {
      .code = Code::same_cluster,
      .where = fmt::format("cluster {}", state.name),
      .summary = "removed cluster cannot be read",
      .cause = fmt::format("its kubeconfig leads to another cluster now: namespace {} there has uid {}, not {} as in "
                           "the last snapshot",
                           spec.mesh.system_namespace, state.uid, recorded_uid(state.name, last)),
      .hint = fmt::format("let the kubeconfig and context that the spec had for {} lead to it again", state.name)};
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
  if (here.uid.empty()) {
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

Diagnostics clusters_named_twice(const Spec& spec, const LiveState& live, const std::vector<std::string>& only,
                                 const std::vector<std::string>& exclude) {
  Diagnostics found;
  std::map<std::string, const ClusterSpec*> first_by_uid;
  for (const auto& [name, cluster] : spec.clusters) {
    const auto state = live.clusters.find(name);
    if (state == live.clusters.end() || state->second.uid.empty() || !leaves_any_of(name, only, exclude)) continue;
    const auto [first, is_first] = first_by_uid.emplace(state->second.uid, &cluster);
    if (!is_first) found.push_back(named_twice(*first->second, cluster, state->second, spec.mesh.system_namespace));
  }
  return found;
}

}  // namespace mesh
