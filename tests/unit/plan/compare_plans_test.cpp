#include "engine/plan/compare_plans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const ObjectId service = {"v1", "Service", "ns", "gateway"};
const ObjectId role = {"rbac.authorization.k8s.io/v1", "ClusterRole", "", "all"};

UpdateObject update_to(const std::string& type, const std::string& uid = "first") {
  return {.body = {{"spec", {{"type", type}}}}, .ground = {.uid = uid}};
}

Action action(const std::string& address, const decltype(ObjectChange::what)& what, const ObjectId& id = service) {
  const ObjectChange change{.id = id, .what = what};
  return {.address = {address},
          .cluster = "a",
          .operation = writes(change) ? operation_of(change) : Operation::unchanged,
          .interrupts = {"a -> b"},
          .objects = {change},
          .waits_for = {id}};
}

struct ComparePlans : ::testing::Test {
  ComparePlans() {
    ClusterState& cluster = live.clusters["a"];
    cluster.asked.insert(service);
    cluster.found[service] = {
        .id = service,
        .uid = "first",
        .body = json::object(),
        .managers = {{.manager = "kubectl-edit", .operation = "Update", .time = "2026-01-01T00:00:00Z"}}};
    saved.actions = {action("a/gateway", update_to("LoadBalancer"))};
    fresh.actions = saved.actions;
  }

  /// `a/gateway update`, what is carried out.
  std::vector<std::string> result() {
    compared = compare_plans(saved, fresh, live);
    std::vector<std::string> lines;
    for (const Action& one : compared.plan.actions)
      lines.push_back(one.address.text + " " + std::string(to_string(one.operation)));
    return lines;
  }
  std::string moved() const { return compared.moved.empty() ? "" : compared.moved.begin()->second.front().cause; }

  LiveState live;
  Plan saved;
  Plan fresh;
  ComparedPlans compared;
};

TEST_F(ComparePlans, what_both_want_is_carried_out) {
  EXPECT_THAT(result(), ElementsAre("a/gateway update"));
  EXPECT_THAT(compared.moved, IsEmpty());
  EXPECT_THAT(compared.left_out, IsEmpty());
}

TEST_F(ComparePlans, another_body_is_held_back_and_names_who_wrote) {
  fresh.actions = {action("a/gateway", update_to("NodePort"))};
  EXPECT_THAT(result(), ElementsAre("a/gateway unknown"));
  EXPECT_THAT(moved(), HasSubstr("kubectl-edit"));
  const Action& held = compared.plan.actions.front();
  EXPECT_EQ(held.unknown_for, Code::ground_moved);
  EXPECT_THAT(held.objects, IsEmpty());
  EXPECT_THAT(held.waits_for, IsEmpty());
  EXPECT_THAT(held.interrupts, IsEmpty());
}

TEST_F(ComparePlans, force_that_was_not_approved_is_held_back) {
  UpdateObject forced = update_to("LoadBalancer");
  forced.force = true;
  fresh.actions = {action("a/gateway", forced)};
  EXPECT_THAT(result(), ElementsAre("a/gateway unknown"));
}

TEST_F(ComparePlans, an_object_that_was_made_anew_is_another_one) {
  fresh.actions = {action("a/gateway", update_to("LoadBalancer", "second"))};
  EXPECT_THAT(result(), ElementsAre("a/gateway unknown"));
  EXPECT_THAT(moved(), HasSubstr("deleted and recreated"));
}

TEST_F(ComparePlans, an_object_that_is_there_already_is_not_created_over) {
  saved.actions = {action("a/gateway", CreateObject{.body = json::object()})};
  EXPECT_THAT(result(), ElementsAre("a/gateway unknown"));
  EXPECT_THAT(moved(), HasSubstr("the plan says create, a plan made now update"));
}

TEST_F(ComparePlans, what_is_as_it_should_be_already_needs_nothing) {
  fresh.actions = {action("a/gateway", KeepObject{})};
  EXPECT_THAT(result(), ElementsAre("a/gateway unchanged"));
  EXPECT_THAT(compared.moved, IsEmpty());
}

TEST_F(ComparePlans, what_was_to_be_deleted_and_is_gone_needs_nothing) {
  saved.actions = {action("a/gateway", DeleteObject{{.uid = "first"}})};
  fresh.actions = {};
  live.clusters.at("a").found.clear();
  EXPECT_THAT(result(), IsEmpty());
  EXPECT_THAT(compared.moved, IsEmpty());
}

TEST_F(ComparePlans, what_was_to_be_deleted_and_is_not_ours_any_more_is_refused) {
  saved.actions = {action("a/gateway", DeleteObject{{.uid = "first"}})};
  for (const auto& actions : {std::vector<Action>{}, std::vector<Action>{action("a/gateway", KeepObject{})}}) {
    fresh.actions = actions;
    result();
    EXPECT_THAT(moved(), HasSubstr("a plan made now"));
  }
}

TEST_F(ComparePlans, content_that_came_since_was_not_approved_to_go) {
  saved.actions = {action("a/gateway", DeleteObject{{.uid = "first", .digest = "then"}})};
  fresh.actions = {action("a/gateway", DeleteObject{{.uid = "first", .digest = "now"}})};
  EXPECT_THAT(result(), ElementsAre("a/gateway unknown"));
}

TEST_F(ComparePlans, needs_are_those_of_the_fresh_plan) {
  fresh.actions.insert(fresh.actions.begin(), action("a/network", update_to("other")));
  fresh.actions[1].depends_on = {{"a/network"}};
  EXPECT_THAT(result(), ElementsAre("a/network unknown", "a/gateway update"));
  EXPECT_THAT(compared.moved, SizeIs(1));
  EXPECT_THAT(compared.left_out, IsEmpty());
}

TEST_F(ComparePlans, clusters_that_the_saved_plan_does_not_concern_are_not_missed) {
  fresh.complete = false;
  fresh.actions.push_back(action("b/gateway", KeepObject{}));
  fresh.actions.back().operation = Operation::unknown;
  EXPECT_THAT(result(), ElementsAre("a/gateway update"));
  EXPECT_TRUE(compared.plan.complete);
}

TEST_F(ComparePlans, an_object_or_action_that_somebody_wrote_into_the_file_is_refused) {
  saved.actions[0].objects.push_back({.id = role, .what = CreateObject{.body = json::object()}});
  saved.actions.push_back(action("a/mine", CreateObject{.body = json::object()}, role));
  EXPECT_THAT(result(), ElementsAre("a/gateway unknown"));
  EXPECT_THAT(compared.moved, SizeIs(2));
  EXPECT_THAT(moved(), HasSubstr("leaves it out"));
  EXPECT_THAT(compared.moved.at({"a/mine"}).front().cause, HasSubstr("no such action"));
}

TEST_F(ComparePlans, what_the_plan_relies_on_must_be_as_it_was) {
  saved.actions = {action("a/network", KeepObject{}), action("a/gateway", update_to("LoadBalancer"))};
  saved.actions[1].depends_on = {{"a/network"}};
  fresh.actions = saved.actions;
  fresh.actions[0] = action("a/network", update_to("other"));
  EXPECT_THAT(result(), ElementsAre("a/network unknown", "a/gateway update"));
  EXPECT_THAT(moved(), HasSubstr("the plan leaves it as it is"));
}

TEST_F(ComparePlans, a_change_that_is_not_in_the_plan_is_left_out_with_a_warning) {
  fresh.actions.push_back(action("b/gateway", update_to("LoadBalancer")));
  fresh.actions.push_back(action("c/gateway", KeepObject{}));
  fresh.actions.back().depends_on = {{"b/gateway"}};
  EXPECT_THAT(result(), ElementsAre("a/gateway update", "c/gateway unchanged"));
  EXPECT_THAT(compared.plan.actions.back().depends_on, IsEmpty());
  ASSERT_THAT(compared.left_out, SizeIs(1));
  EXPECT_EQ(compared.left_out[0].severity, Severity::warning);
  EXPECT_EQ(compared.left_out[0].where, "b/gateway");
}

TEST_F(ComparePlans, what_cannot_be_seen_now_is_held_back) {
  fresh.actions[0].operation = Operation::unknown;
  fresh.actions[0].reason = "cluster a could not be read";
  EXPECT_THAT(result(), ElementsAre("a/gateway unknown"));
  EXPECT_THAT(moved(), HasSubstr("cluster a could not be read"));
}

TEST_F(ComparePlans, concerned_are_the_clusters_of_changes_and_of_what_they_need) {
  saved.actions = {action("b/network", KeepObject{}), action("a/gateway", update_to("LoadBalancer")),
                   action("c/network", KeepObject{})};
  saved.actions[0].cluster = "b";
  saved.actions[2].cluster = "c";
  saved.actions[1].depends_on = {{"b/network"}};
  EXPECT_THAT(concerned_clusters(saved), ElementsAre("a", "b"));
}

}  // namespace
}  // namespace mesh
