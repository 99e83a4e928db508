#include "engine/apply/subject_of.h"

#include <fmt/format.h>

#include <map>

namespace mesh {
namespace {

/// `3 created, 1 updated, 1 failed`, by what the plan desired and what the report says.
std::string counts(const Plan& plan, const Report& report) {
  std::map<std::string, Operation> planned;
  for (const Action& action : plan.actions) planned[action.address.text] = action.operation;
  std::map<Operation, int> done;
  std::map<Outcome, int> missed;
  for (const ActionReport& action : report.actions) {
    if (action.outcome == Outcome::done) {
      ++done[planned[action.address.text]];
    } else {
      ++missed[action.outcome];
    }
  }
  std::string text;
  const auto add = [&](int count, std::string_view word) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, word);
  };
  add(done[Operation::create], "created");
  add(done[Operation::update], "updated");
  add(done[Operation::replace], "replaced");
  add(done[Operation::delete_], "deleted");
  add(missed[Outcome::failed], "failed");
  add(missed[Outcome::skipped], "skipped");
  add(missed[Outcome::cancelled], "cancelled");
  return text.empty() ? "nothing changed" : text;
}

}  // namespace

std::string subject_of(const Plan& plan, const Report& report) {
  return fmt::format("{}: {}", plan.intent == Intent::apply ? "apply" : "destroy", counts(plan, report));
}

}  // namespace mesh
