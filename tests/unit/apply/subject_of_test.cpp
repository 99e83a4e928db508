#include "engine/apply/subject_of.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

Action action(ActionKind kind, Operation operation) {
  Action made{
      .address = {"dc1/" + std::string(to_string(kind))}, .kind = kind, .cluster = "dc1", .operation = operation};
  return made;
}

ActionReport outcome(const std::string& address, Outcome outcome) {
  ActionReport made{.address = {address}, .outcome = outcome};
  return made;
}

struct Case {
  const char* name;
  Intent intent;
  std::vector<Outcome> outcomes;  // of network (create), reader (create), gateway (update), expose (delete)
  const char* subject;
};

class SubjectOf : public ::testing::TestWithParam<Case> {};

TEST_P(SubjectOf, counts_what_was_done) {
  Plan plan{.mesh = "prod", .spec_digest = "s", .intent = GetParam().intent, .clusters = {{"dc1", true, "", {}}}};
  plan.actions = {action(ActionKind::network, Operation::create), action(ActionKind::reader, Operation::create),
                  action(ActionKind::gateway, Operation::update), action(ActionKind::expose, Operation::delete_)};
  Report report;
  for (std::size_t i = 0; i < GetParam().outcomes.size(); ++i) {
    report.actions.push_back(outcome(plan.actions[i].address.text, GetParam().outcomes[i]));
  }
  EXPECT_EQ(subject_of(plan, report), GetParam().subject);
}

constexpr Outcome d = Outcome::done;

INSTANTIATE_TEST_SUITE_P(
    Table, SubjectOf,
    ::testing::Values(Case{"nothing", Intent::apply, {}, "apply: nothing changed"},
                      Case{"all", Intent::apply, {d, d, d, d}, "apply: 2 created, 1 updated, 1 deleted"},
                      Case{"destroy",
                           Intent::destroy,
                           {Outcome::failed, Outcome::skipped, Outcome::cancelled, d},
                           "destroy: 1 deleted, 1 failed, 1 skipped, 1 cancelled"}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh
