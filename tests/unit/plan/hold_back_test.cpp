#include "engine/plan/hold_back.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct HoldBack : ::testing::Test {
  /// Two clusters that discover each other, all of it to be created.
  HoldBack() {
    for (const char* name : {"a", "b"}) {
      add(name, "gateway", {}, {});
      add(name, "expose", {}, {std::string(name) + "/gateway"});
    }
    add("a", "discovery/b", "b", {"b/expose"});
    add("b", "discovery/a", "a", {"a/expose"});
  }
  void add(const std::string& cluster, const std::string& rest, std::optional<std::string> peer,
           const std::vector<std::string>& needs) {
    Action action{.address = {cluster + "/" + rest}, .cluster = cluster, .peer = std::move(peer)};
    action.operation = Operation::create;
    for (const std::string& need : needs) action.depends_on.push_back({need});
    plan.actions.push_back(std::move(action));
  }
  Action& at(const std::string& address) {
    for (Action& action : plan.actions) {
      if (action.address.text == address) return action;
    }
    throw std::out_of_range(address);
  }
  std::vector<std::string> unknown() const {
    std::vector<std::string> found;
    for (const Action& action : plan.actions) {
      if (action.operation == Operation::unknown) found.push_back(action.address.text);
    }
    return found;
  }
  Plan plan;
};

const Diagnostic error{.code = Code::control_plane_missing, .summary = "no istiod"};

TEST_F(HoldBack, leaves_a_plan_alone_where_nothing_is_wrong) {
  const Plan before = plan;
  hold_back(plan, {});
  hold_clusters(plan, {});
  EXPECT_EQ(plan, before);
}

TEST_F(HoldBack, of_a_cluster_takes_along_what_needs_it) {
  hold_back(plan, {{.cluster = "b", .why = "check x found an error"}});
  EXPECT_THAT(unknown(), ElementsAre("b/gateway", "b/expose", "a/discovery/b", "b/discovery/a"));
  EXPECT_EQ(at("b/gateway").reason, "check x found an error");
  EXPECT_EQ(at("a/discovery/b").reason, "it needs b/expose");
  EXPECT_FALSE(plan.complete);
}

TEST_F(HoldBack, of_a_pair_concerns_what_is_written_for_it_both_ways) {
  hold_back(plan, {{.cluster = "a", .peer = "b", .why = "w"}});
  EXPECT_THAT(unknown(), ElementsAre("a/discovery/b", "b/discovery/a"));
}

TEST_F(HoldBack, of_what_is_as_desired_changes_nothing) {
  for (Action& action : plan.actions) action.operation = Operation::unchanged;
  hold_back(plan, {{.cluster = "b", .why = "w"}});
  EXPECT_THAT(unknown(), IsEmpty());
  EXPECT_TRUE(plan.complete);
}

TEST_F(HoldBack, of_a_cluster_with_an_error_leaves_nothing_of_it_planned) {
  at("b/gateway").operation = Operation::unchanged;
  hold_clusters(plan, {{"b", {error}}});
  EXPECT_THAT(unknown(), ElementsAre("b/gateway", "b/expose", "a/discovery/b", "b/discovery/a"));
  EXPECT_THAT(at("b/gateway").reason, HasSubstr("no istiod"));
  ASSERT_THAT(plan.diagnostics, SizeIs(1));
  EXPECT_EQ(plan.diagnostics[0].severity, Severity::warning) << "the rest of the plan is right";
}

TEST_F(HoldBack, does_not_write_for_a_peer_with_an_error_and_takes_away_all_the_same) {
  plan.actions.erase(plan.actions.begin() + 2, plan.actions.begin() + 4);
  hold_clusters(plan, {{"b", {error}}});
  EXPECT_THAT(unknown(), ElementsAre("a/discovery/b", "b/discovery/a"));
  at("a/discovery/b").operation = Operation::delete_;
  hold_clusters(plan, {{"b", {error}}});
  EXPECT_EQ(at("a/discovery/b").operation, Operation::delete_);
}

TEST_F(HoldBack, of_warnings_keeps_them_and_holds_nothing) {
  Diagnostic warning = error;
  warning.severity = Severity::warning;
  hold_clusters(plan, {{"b", {warning}}});
  EXPECT_THAT(unknown(), IsEmpty());
  EXPECT_THAT(plan.diagnostics, SizeIs(1));
}

TEST_F(HoldBack, leaves_protection_an_error_of_the_whole_plan) {
  hold_clusters(plan, {{"b", {{.code = Code::protected_cluster}}}});
  EXPECT_THAT(unknown(), IsEmpty());
  EXPECT_TRUE(has_errors(plan.diagnostics));
}

}  // namespace
}  // namespace mesh
