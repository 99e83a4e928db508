#include "engine/workspace/workspace_drift.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "engine/plan/find_drift.h"
#include "engine/plan/select.h"
#include "providers/kubernetes/schema/field_schemas.h"

namespace mesh {
namespace {

Diagnostic no_snapshot(const Workspace& workspace) {
  return {
      .code = Code::state_unusable,
      .summary = "nothing was applied yet",
      .cause = "the state repository " + workspace.spec.state.repo.string() + " holds no snapshot of mesh `" +
               workspace.spec.mesh.name + "`",
      .hint = "drift compares with the last apply: run `mesh apply` first, or `mesh plan` to compare with the spec"};
}

std::set<Address> known_addresses(const DesiredState& desired, const Drift& drift) {
  std::set<Address> known;
  for (const DesiredAction& action : desired.actions) known.insert(action.address);
  for (const DriftItem& item : drift.items) known.insert(item.address);
  return known;
}

/// A glob that covers nothing is a slip, as for a plan.
Diagnostics idle_globs(const WorkspaceRequest& request, const std::set<Address>& known) {
  Diagnostics found;
  for (const auto* globs : {&request.only, &request.exclude}) {
    for (const std::string& glob : *globs) {
      if (std::any_of(known.begin(), known.end(), [&](const Address& one) { return covers(glob, one); })) continue;
      found.push_back({.code = Code::no_such_address,
                       .summary = "no action has such an address",
                       .cause = fmt::format("`{}` matches nothing in this mesh", glob),
                       .hint = "`mesh plan` lists the addresses"});
    }
  }
  return found;
}

void choose(Drift& drift, const std::set<Address>& known, const WorkspaceRequest& request) {
  const auto chosen = [&](const Address& address) { return is_chosen(address, request.only, request.exclude); };
  std::erase_if(drift.items, [&](const DriftItem& item) { return !chosen(item.address); });
  if (std::none_of(known.begin(), known.end(), chosen))
    append(drift.diagnostics, nothing_chosen(request.only, request.exclude));
}

}  // namespace

Result<FoundDrift> drift_of(const Workspace& workspace) {
  auto snapshot = last_snapshot(workspace);
  if (!snapshot) return failure(std::move(snapshot.error()));
  if (!*snapshot) return failure(no_snapshot(workspace));
  const WorkspaceRequest& request = workspace.request;
  FoundDrift found{.snapshot = std::move(**snapshot), .desired = desired_state(workspace), .drift = {}};
  found.drift = find_drift({.mesh = workspace.spec.mesh.name,
                            .commit = workspace.last->commit,
                            .snapshot = found.snapshot,
                            .desired = found.desired,
                            .live = workspace.live,
                            .schemas = kubernetes::field_schemas(),
                            .only = request.only,
                            .exclude = request.exclude});
  const std::set<Address> known = known_addresses(found.desired, found.drift);
  if (Diagnostics idle = idle_globs(request, known); !idle.empty()) return failure(std::move(idle));
  choose(found.drift, known, request);
  Diagnostics& diagnostics = found.drift.diagnostics;
  diagnostics.insert(diagnostics.begin(), workspace.diagnostics.begin(), workspace.diagnostics.end());
  append(diagnostics, workspace.last->unpushed);
  return found;
}

}  // namespace mesh
