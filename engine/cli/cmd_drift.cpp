#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "engine/cli/commands.h"
#include "engine/cli/pipeline.h"
#include "engine/codec/drift_codec.h"
#include "engine/plan/find_drift.h"
#include "engine/plan/select.h"
#include "engine/render/render_drift.h"
#include "providers/kubernetes/schema/field_schemas.h"

namespace mesh::cli {
namespace {

Diagnostic no_snapshot(const Workspace& workspace) {
  return {
      .code = Code::state_unusable,
      .summary = "nothing was applied yet",
      .cause = "the state repository " + workspace.spec.state.repo.string() + " holds no snapshot of mesh `" +
               workspace.spec.mesh.name + "`",
      .hint = "drift compares with the last apply: run `mesh apply` first, or `mesh plan` to compare with the spec"};
}

int exit_code_of(const Drift& drift) {
  if (has_errors(drift.diagnostics)) return exit_failed;
  // Differences are there whatever else would have been found.
  if (!drift.items.empty()) return exit_differences;
  return drift.complete ? exit_done : exit_incomplete;
}

std::set<Address> known_addresses(const DesiredState& desired, const Drift& drift) {
  std::set<Address> known;
  for (const DesiredAction& action : desired.actions) known.insert(action.address);
  for (const DriftItem& item : drift.items) known.insert(item.address);
  return known;
}

/// A glob that covers nothing is a slip, as for a plan.
Diagnostics idle_globs(const Options& options, const std::set<Address>& known) {
  Diagnostics found;
  for (const auto* globs : {&options.only, &options.exclude}) {
    for (const std::string& glob : *globs) {
      if (std::any_of(known.begin(), known.end(), [&](const Address& one) { return covers(glob, one); })) continue;
      found.push_back({.code = Code::no_such_address,
                       .summary = "no action has such an address",
                       .cause = fmt::format("`{}` covers nothing of this mesh", glob),
                       .hint = "`mesh plan` lists the addresses"});
    }
  }
  return found;
}

void choose(Drift& drift, const std::set<Address>& known, const Options& options) {
  const auto chosen = [&](const Address& address) { return is_chosen(address, options.only, options.exclude); };
  std::erase_if(drift.items, [&](const DriftItem& item) { return !chosen(item.address); });
  if (std::none_of(known.begin(), known.end(), chosen))
    append(drift.diagnostics, nothing_chosen(options.only, options.exclude));
}

}  // namespace

int cmd_drift(const Options& options, Env& env) {
  std::unique_ptr<SnapshotStore> store;
  const auto& workspace = env.keep(open_workspace(options, read_budgets(options), chosen_by(options), store, env));
  if (!workspace) return fail(workspace.error(), options, env);
  if (env.stop.stop_requested()) return fail({stopped()}, options, env);
  const auto& snapshot = env.keep(last_snapshot(*workspace));
  if (!snapshot) return fail(snapshot.error(), options, env);
  if (!*snapshot) return fail({no_snapshot(*workspace)}, options, env);
  const DesiredState& desired = env.keep(desired_of(*workspace, Intent::apply, chosen_by(options)));
  Drift drift = find_drift({.mesh = workspace->spec.mesh.name,
                            .commit = workspace->last->commit,
                            .snapshot = **snapshot,
                            .desired = desired,
                            .live = workspace->live,
                            .schemas = kubernetes::field_schemas(),
                            .only = options.only,
                            .exclude = options.exclude});
  const std::set<Address> known = known_addresses(desired, drift);
  if (const Diagnostics idle = idle_globs(options, known); !idle.empty()) return fail(idle, options, env);
  choose(drift, known, options);
  drift.diagnostics.insert(drift.diagnostics.begin(), workspace->diagnostics.begin(), workspace->diagnostics.end());
  append(drift.diagnostics, workspace->last->unpushed);
  env.out << (options.format == Format::json ? encode_drift(drift) : render_drift(drift, options.out_color));
  print_diagnostics(drift.diagnostics, options, env, &workspace->spec);
  return exit_code_of(drift);
}

}  // namespace mesh::cli
