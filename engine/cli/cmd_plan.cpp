#include <fmt/format.h>
#include <fmt/ostream.h>

#include "engine/base/shell_word.h"
#include "engine/cli/commands.h"
#include "engine/cli/report_rehearsal.h"
#include "engine/codec/plan_codec.h"
#include "engine/jobs/files.h"
#include "engine/plan/approval.h"
#include "engine/render/render_plan.h"

namespace mesh::cli {
namespace {

/// Saves the plan where --out says.
Result<void> save(const Plan& plan, const Options& options, Console& console) {
  if (!options.plan_out) return {};
  if (has_errors(plan.diagnostics)) {
    fmt::print(console.messages(), "The plan was not saved, because it has errors.\n");
    return {};
  }
  // FILE may be /dev/stdout: what was printed comes before it.
  console.results().flush();
  if (auto written = write_file(*options.plan_out, encode_plan(plan)); !written) return written;
  fmt::print(console.messages(), "Saved the plan. To carry it out: mesh apply {} --digest sha256:{}\n",
             shell_word(*options.plan_out), plan_digest(plan));
  return {};
}

int exit_code_of(const Plan& plan, const Options& options) {
  if (has_errors(plan.diagnostics)) return exit_failed;
  // A pipeline that goes on with 2 goes on with what could be planned; JSON says what could not.
  if (options.detailed_exit_code && has_changes(plan)) return exit_differences;
  return plan.complete ? exit_done : exit_incomplete;
}

}  // namespace

int cmd_plan(const Options& options, Env& env) {
  Console console = console_of(options, env);
  WorkspaceRequest request = reading_request(options);
  if (options.destroy) {
    request.intent = Intent::destroy;
  } else {
    request.skipped_checks.emplace(options.skip_checks.begin(), options.skip_checks.end());
  }
  auto workspace = open_workspace(std::move(request), env);
  if (!workspace) return console.fail(workspace.error());
  console.quote(workspace->spec.text);
  const auto planned = plan_workspace(*workspace);
  if (!planned) return leave(*workspace, console.fail(planned.error()), env);
  const Plan& plan = planned->plan;
  const bool rehearsed = options.rehearse && !has_errors(plan.diagnostics);
  if (!console.json()) {
    console.results() << render_plan(plan, console.result_color());
  } else if (!rehearsed) {
    console.results() << encode_plan(plan);
  }
  console.print(plan.diagnostics);
  // An apply of the plan pushes them, so the plan does not have them.
  if (workspace->last) console.print(workspace->last->unpushed);
  const auto saved = save(plan, options, console);
  if (!saved) return leave(*workspace, console.fail(saved.error()), env);
  const int failed = rehearsed ? report_rehearsal(*workspace, plan, console, env) : exit_done;
  return leave(*workspace, failed != exit_done ? failed : exit_code_of(plan, options), env);
}

}  // namespace mesh::cli
