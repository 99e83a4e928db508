#include "engine/workspace/confirm.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <optional>
#include <string>

#include "engine/render/render_plan.h"

namespace mesh {
namespace {

Diagnostic not_confirmed(const Plan& plan, const std::optional<std::string>& answer, bool has_terminal) {
  Diagnostic found{.code = Code::not_confirmed, .summary = "not confirmed, nothing was changed"};
  if (answer) {
    found.cause = fmt::format("the answer was `{}`", *answer);
  } else if (has_terminal) {
    found.cause = "no answer came: the input ended";
  } else {
    found.cause = "there is no terminal to ask at";
    found.hint = plan.intent == Intent::destroy ? "in a pipeline: --auto-approve"
                                                : "in a pipeline: `mesh plan --out FILE`, review, `mesh apply FILE`";
  }
  return found;
}

}  // namespace

Result<void> confirm(const Plan& plan, const char* question, Approval approval, Console& console, Env& env) {
  console.remarks() << render_plan(plan, console.result_color());
  console.print(plan.diagnostics);
  if (has_errors(plan.diagnostics)) {
    return failure(Diagnostic{.code = Code::plan_invalid,
                              .summary = "plan has errors, nothing was changed",
                              .cause = "the plan has the errors listed above",
                              .hint = "fix them, or leave out with --only or --exclude what they are about"});
  }
  if (!has_changes(plan) || approval == Approval::given) return {};
  fmt::print(console.messages(), "\n{} Only `yes` will be accepted: ", question);
  console.messages().flush();
  const auto answer = env.ask();
  if (env.stop.stop_requested()) {
    console.messages() << "\n";
    return failure(Diagnostic{.code = Code::cancelled,
                              .summary = "stopped, nothing was changed",
                              .cause = "a signal came before the question was answered",
                              .hint = "run the command again"});
  }
  if (answer == "yes") return {};
  return failure(not_confirmed(plan, answer, env.in_is_terminal));
}

}  // namespace mesh
