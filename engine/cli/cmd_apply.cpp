#include "engine/cli/commands.h"
#include "engine/codec/plan_codec.h"
#include "engine/plan/compare_plans.h"
#include "engine/workspace/carry_out.h"
#include "engine/workspace/confirm.h"
#include "engine/workspace/saved_plan.h"

namespace mesh::cli {
namespace {

int apply_saved(const Options& options, Env& env) {
  Console console = console_of(options, env);
  auto saved = read_saved_plan(*options.plan_file);
  if (!saved) return console.fail(saved.error());
  WorkspaceRequest request = writing_request(options, saved->plan.intent);
  request.only = saved->plan.only;
  request.exclude = saved->plan.exclude;
  request.clusters = concerned_clusters(saved->plan);
  if (request.intent == Intent::apply) {
    request.skipped_checks.emplace(options.skip_checks.begin(), options.skip_checks.end());
  }
  auto workspace = open_workspace(std::move(request), env);
  if (!workspace) return console.fail(workspace.error());
  const auto check = [&](const CheckedPlan&) {
    return check_saved_plan(*saved, options.digest, *workspace, options.skip_moved ? Moved::skip : Moved::refuse);
  };
  auto checked = check({});
  if (!checked) return leave(*workspace, console.fail(checked.error()), env);
  console.print(checked->warnings);
  // A saved plan was reviewed: it is carried out without a question.
  return leave(*workspace, carry_out(*workspace, std::move(*checked), check, console, env), env);
}

}  // namespace

int plan_and_apply(const char* question, Intent intent, const Options& options, Env& env) {
  Console console = console_of(options, env);
  WorkspaceRequest request = writing_request(options, intent);
  if (intent == Intent::apply) request.skipped_checks.emplace(options.skip_checks.begin(), options.skip_checks.end());
  if (!options.revision.empty()) request.rollback_to = options.revision;
  auto workspace = open_workspace(std::move(request), env);
  if (!workspace) return console.fail(workspace.error());
  console.quote(workspace->spec.text);
  auto planned = plan_workspace(*workspace);
  if (!planned) return leave(*workspace, console.fail(planned.error()), env);
  const auto agreed =
      confirm(planned->plan, question, options.auto_approve ? Approval::given : Approval::ask, console, env);
  if (!agreed) return leave(*workspace, console.fail(agreed.error()), env);
  std::string bytes = encode_plan(planned->plan);
  CheckedPlan what{.plan = std::move(planned->plan),
                   .bytes = std::move(bytes),
                   .desired = std::move(planned->desired),
                   .warnings = {}};
  const auto again = [&](const CheckedPlan& approved) { return plan_again(approved, *workspace); };
  return leave(*workspace, carry_out(*workspace, std::move(what), again, console, env), env);
}

int cmd_apply(const Options& options, Env& env) {
  if (options.plan_file) return apply_saved(options, env);
  return plan_and_apply("Carry out these actions?", Intent::apply, options, env);
}

}  // namespace mesh::cli
