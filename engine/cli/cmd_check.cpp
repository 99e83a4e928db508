#include "engine/cli/commands.h"
#include "engine/codec/check_codec.h"
#include "engine/render/render_check.h"
#include "engine/workspace/workspace_check.h"

namespace mesh::cli {
namespace {

int exit_code_of(const CheckReport& report) {
  if (has_errors(report.diagnostics) || count_of(report, FindingSeverity::error) > 0) return exit_failed;
  return report.complete ? exit_done : exit_incomplete;
}

int list_checks(Console& console) {
  const auto checks = all_checks();
  console.results() << (console.json() ? encode_checks(checks) : render_checks(checks, console.result_color()));
  return exit_done;
}

}  // namespace

int cmd_check(const Options& options, Env& env) {
  Console console = console_of(options, env);
  if (options.list_checks) return list_checks(console);
  auto workspace = open_workspace(reading_request(options), env);
  if (!workspace) return console.fail(workspace.error());
  console.quote(workspace->spec.text);
  const CheckDepth depth = options.effective ? CheckDepth::effective : CheckDepth::everything;
  const auto report = check_workspace(*workspace, depth, {options.skip_checks.begin(), options.skip_checks.end()}, env);
  if (!report) return leave(*workspace, console.fail(report.error()), env);
  console.results() << (console.json() ? encode_check(*report) : render_check(*report, console.result_color()));
  console.print(report->diagnostics);
  return leave(*workspace, exit_code_of(*report), env);
}

}  // namespace mesh::cli
