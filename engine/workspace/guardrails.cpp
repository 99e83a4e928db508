#include "engine/workspace/guardrails.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <string>
#include <vector>

namespace mesh {
namespace {

Diagnostics mass_removal(const Workspace& workspace) {
  if (!workspace.last || workspace.request.allow_mass_removal || workspace.request.intent == Intent::destroy) return {};
  std::size_t known = 0;
  std::vector<std::string> gone;
  for (const auto& [name, cluster] : workspace.last->clusters) {
    if (cluster.status == ClusterStatus::removed) continue;
    ++known;
    if (workspace.removed.contains(name)) gone.push_back(name);
  }
  if (gone.size() * 2 <= known) return {};
  return {{.code = Code::mass_removal,
           .at = Position{.file = workspace.request.spec_file},
           .summary = "most of the clusters are gone from the spec",
           .cause = fmt::format("of the {} clusters of the last snapshot {} would be taken away: {}", known,
                                gone.size(), fmt::join(gone, ", ")),
           .hint = "put them back; or, when that is what you want: --allow-mass-removal"}};
}

Diagnostics too_many_changes(const Workspace& workspace, const Plan& plan) {
  const auto& most = workspace.spec.policy.max_changes;
  if (!most) return {};
  const auto changes = static_cast<std::size_t>(
      std::count_if(plan.actions.begin(), plan.actions.end(), [](const Action& action) { return writes(action); }));
  if (changes <= std::max(*most, workspace.request.allowed_changes)) return {};
  return {{.code = Code::too_many_changes,
           .at = Position{.file = workspace.request.spec_file},
           .summary = "plan has more changes than the policy allows",
           .cause = fmt::format("actions that write: {}; [policy] max_changes is {}", changes, *most),
           .hint = fmt::format("choose fewer with --only, or allow it: --allow-changes {}", changes)}};
}

}  // namespace

Diagnostics guardrails(const Workspace& workspace, const Plan& plan) {
  Diagnostics found = mass_removal(workspace);
  append(found, too_many_changes(workspace, plan));
  return found;
}

}  // namespace mesh
