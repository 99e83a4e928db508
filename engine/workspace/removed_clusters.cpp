#include "engine/workspace/removed_clusters.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "engine/load/load_spec.h"
#include "providers/platform/platforms.h"

namespace mesh {
namespace {

namespace fs = std::filesystem;

/// A cluster that an earlier spec described. The text passed its checks when it was applied; should it fail them now (a
/// newer mesh, a changed platform), the cluster cannot be reached any more and is only reported.
void add_removed(Workspace& workspace, const std::string& name, const ClusterSnapshot& recorded,
                 const std::string& spec_text) {
  const auto earlier = load_spec(
      {.name = "last snapshot: spec.toml", .bytes = spec_text, .folder = folder_of(workspace.request.spec_file)},
      platform::all());
  if (earlier && earlier->clusters.contains(name)) {
    ClusterSpec& cluster = workspace.removed.emplace(name, earlier->clusters.at(name)).first->second;
    cluster.protect = recorded.protect;
    return;
  }
  workspace.diagnostics.push_back(
      {.code = Code::incomplete,
       .severity = Severity::warning,
       .where = fmt::format("cluster {}", name),
       .summary = "removed cluster cannot be read",
       .cause = "the last snapshot holds objects of it, but its spec there is not valid any more",
       .hint = fmt::format("put the cluster back into the spec, destroy its part, then remove it; or, when it is no "
                           "more: mesh forget {}",
                           name)});
}

/// Symbolic links of the spec's folder count where they lead.
bool is_inside(const fs::path& path, const fs::path& folder) {
  std::error_code failed;
  const auto real = [&](const fs::path& one) { return fs::weakly_canonical(fs::absolute(one, failed), failed); };
  const fs::path inside = real(path).lexically_relative(real(folder));
  return !failed && !inside.empty() && *inside.begin() != "..";
}

Diagnostic only_in_state(const std::string& name, const fs::path& kubeconfig) {
  return {.code = Code::not_confirmed,
          .where = fmt::format("cluster {}", name),
          .summary = "kubeconfig is not opened",
          .cause = fmt::format("only the state repository names {}, which is not in the folder of the spec; a "
                               "kubeconfig can run programs",
                               kubeconfig.string()),
          .hint = fmt::format(
              "look at that file, then: --reach {}; or, when the cluster does not exist: mesh forget {}", name, name)};
}

}  // namespace

fs::path folder_of(const std::string& file) {
  const auto folder = fs::path(file).parent_path();
  return folder.empty() ? fs::path(".") : folder;
}

Result<std::optional<Snapshot>> find_removed(Workspace& workspace) {
  const auto gone = [&](const auto& one) { return !workspace.spec.clusters.contains(one.first); };
  if (!workspace.last || std::none_of(workspace.last->clusters.begin(), workspace.last->clusters.end(), gone)) {
    return std::nullopt;
  }
  auto snapshot = workspace.store->read(*workspace.last);
  if (!snapshot) return failure(std::move(snapshot.error()));
  for (const auto& one : snapshot->clusters) {
    if (!gone(one)) continue;
    const auto& [name, cluster] = one;
    const auto tombstone = snapshot->removed_specs.find(name);
    if (tombstone != snapshot->removed_specs.end()) {
      add_removed(workspace, name, cluster, tombstone->second);
    } else if (!cluster.objects.empty()) {
      add_removed(workspace, name, cluster, snapshot->spec_text);
    }
  }
  return std::optional<Snapshot>(std::move(*snapshot));
}

std::map<std::string, ClusterSpec> readable_clusters(Workspace& workspace,
                                                     const std::map<std::string, ClusterSpec>& clusters,
                                                     const Spec& present) {
  std::set<fs::path> used;
  for (const auto& [name, cluster] : present.clusters)
    used.insert(cluster.kubeconfig.begin(), cluster.kubeconfig.end());
  const fs::path folder = folder_of(workspace.request.spec_file);
  std::map<std::string, ClusterSpec> readable;
  for (const auto& [name, cluster] : clusters) {
    const auto strange = std::find_if(cluster.kubeconfig.begin(), cluster.kubeconfig.end(), [&](const fs::path& path) {
      return !used.contains(path) && !is_inside(path, folder);
    });
    if (strange == cluster.kubeconfig.end() || workspace.request.reach.contains(name)) {
      readable.emplace(name, cluster);
    } else {
      workspace.live.clusters[name] = {.name = name, .reading = Unreachable{{only_in_state(name, *strange)}}};
    }
  }
  return readable;
}

}  // namespace mesh
