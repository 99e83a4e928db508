#include "engine/cli/report_rehearsal.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/codec/plan_codec.h"
#include "engine/codec/rehearsal_codec.h"
#include "engine/rehearse/rehearse.h"
#include "engine/render/render_rehearsal.h"
#include "providers/platform/platforms.h"

namespace mesh::cli {
namespace {

std::string names_of(const std::vector<Address>& addresses) {
  std::vector<std::string_view> names;
  for (const Address& address : addresses) names.push_back(address.text);
  return fmt::format("{}", fmt::join(names, ", "));
}

/// Why a rehearsal did not succeed.
Diagnostics failures_of(const Rehearsal& rehearsal) {
  Diagnostics problems;
  for (const ActionReport& action : rehearsal.report.actions) {
    for (Diagnostic problem : action.error) {
      // It follows from what failed.
      if (problem.code == Code::dependency_failed) continue;
      // The copy waits no longer, and has what the live object has.
      if (problem.code == Code::not_ready) problem.hint = "see to the live object, or plan again when it is ready";
      problem.where = fmt::format("rehearsal of {}: {}", action.address.text, problem.where);
      problems.push_back(std::move(problem));
    }
  }
  if (!rehearsal.left.empty() && problems.empty()) {
    problems.push_back({.code = Code::incomplete,
                        .where = "rehearsal",
                        .summary = "the plan does not reach its goal on the simulated clusters",
                        .cause = fmt::format("a second plan still changes {}", names_of(rehearsal.left)),
                        .hint = "check in the rehearsal's report what happens to them before you apply"});
  }
  return problems;
}

}  // namespace

int report_rehearsal(const Workspace& workspace, const Plan& plan, Console& console, Env& env) {
  const auto rehearsal = rehearse::rehearse_plan({.spec = workspace.spec,
                                                  .removed = workspace.removed,
                                                  .live = workspace.live,
                                                  .plan = plan,
                                                  .platforms = platform::all(),
                                                  .clients = *workspace.clients},
                                                 env.clock, env.stop);
  if (console.json()) console.results() << (rehearsal ? encode_plan(plan, *rehearsal) : encode_plan(plan));
  if (!rehearsal) return console.fail(rehearsal.error());
  console.print(rehearsal->assumed);
  console.remarks() << "\n" << render_rehearsal(*rehearsal, console.remark_color());
  return succeeded(*rehearsal) ? exit_done : console.fail(failures_of(*rehearsal));
}

}  // namespace mesh::cli
