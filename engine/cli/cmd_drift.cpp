#include "engine/cli/commands.h"
#include "engine/codec/drift_codec.h"
#include "engine/render/render_drift.h"
#include "engine/workspace/locked_run.h"
#include "engine/workspace/workspace_drift.h"

namespace mesh::cli {
namespace {

int exit_code_of(const Drift& drift) {
  if (has_errors(drift.diagnostics)) return exit_failed;
  // Differences are there whatever else would have been found.
  if (!drift.items.empty()) return exit_differences;
  return drift.complete ? exit_done : exit_incomplete;
}

}  // namespace

int cmd_drift(const Options& options, Env& env) {
  Console console = console_of(options, env);
  WorkspaceRequest request = reading_request(options);
  request.all_recorded = true;
  auto workspace = open_workspace(std::move(request), env);
  if (!workspace) return console.fail(workspace.error());
  console.quote(workspace->spec.text);
  auto found = drift_of(*workspace);
  if (!found) return leave(*workspace, console.fail(found.error()), env);
  append(found->drift.diagnostics, report_journals(open_journals(*workspace, {}, env), Journal::seen));
  const Drift& drift = found->drift;
  console.results() << (console.json() ? encode_drift(drift) : render_drift(drift, console.result_color()));
  console.print(drift.diagnostics);
  return leave(*workspace, exit_code_of(drift), env);
}

}  // namespace mesh::cli
