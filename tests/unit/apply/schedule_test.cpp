#include "engine/apply/schedule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct ScheduleTest : ::testing::Test {
  /// `CLUSTER/NUMBER`.
  void add(const std::string& address, std::vector<std::string> depends_on = {}) {
    Action action{.address = {address}, .cluster = address.substr(0, 1), .operation = Operation::create};
    for (std::string& need : depends_on) action.depends_on.push_back({std::move(need)});
    plan.actions.push_back(std::move(action));
  }
  /// All that may start now, in order.
  std::vector<std::string> start(Schedule& schedule) {
    std::vector<std::string> started;
    while (const auto index = schedule.start_next()) started.push_back(plan.actions[*index].address.text);
    return started;
  }
  Plan plan;
};

TEST_F(ScheduleTest, clusters_take_turns) {
  for (const char* address : {"a/1", "a/2", "a/3", "b/1", "b/2", "c/1"}) add(address);
  Schedule schedule(plan, {.per_cluster = 3});
  EXPECT_THAT(start(schedule), ElementsAre("a/1", "b/1", "c/1", "a/2", "b/2", "a/3"));
}

TEST_F(ScheduleTest, a_cluster_that_is_full_does_not_hold_up_others) {
  for (const char* address : {"a/1", "a/2", "a/3", "b/1", "b/2"}) add(address);
  Schedule schedule(plan, {.per_cluster = 1});
  EXPECT_THAT(start(schedule), ElementsAre("a/1", "b/1"));
  schedule.ended(3, Outcome::done);
  EXPECT_THAT(start(schedule), ElementsAre("b/2"));
  schedule.ended(0, Outcome::done);
  EXPECT_THAT(start(schedule), ElementsAre("a/2"));
}

TEST_F(ScheduleTest, a_cluster_whose_action_ended_waits_for_its_turn) {
  for (const char* address : {"a/1", "a/2", "b/1", "b/2", "c/1"}) add(address);
  Schedule schedule(plan, {.per_cluster = 1});
  // One worker: a's first action ends while b and c have not started yet.
  EXPECT_EQ(schedule.start_next(), 0U);
  schedule.ended(0, Outcome::done);
  EXPECT_THAT(start(schedule), ElementsAre("b/1", "c/1", "a/2"));
}

TEST_F(ScheduleTest, what_is_due_through_another_cluster_waits_for_its_turn) {
  for (const char* address : {"a/1", "b/1", "b/2"}) add(address);
  add("a/2", {"a/1"});
  Schedule schedule(plan, {.per_cluster = 1});
  EXPECT_EQ(schedule.start_next(), 0U);
  schedule.ended(0, Outcome::done);
  EXPECT_THAT(start(schedule), ElementsAre("b/1", "a/2"));
  EXPECT_THAT(start(schedule), IsEmpty());
}

struct ScheduleBatch : ScheduleTest {
  /// `CLUSTER/network` and `CLUSTER/gateway`, which needs it, and `CLUSTER/expose`.
  void add_clusters(const std::string& names) {
    for (const char name : names) {
      const std::string cluster(1, name);
      add(cluster + "/network");
      add(cluster + "/gateway", {cluster + "/network"});
      plan.actions.back().kind = ActionKind::gateway;
      add(cluster + "/expose", {cluster + "/gateway"});
    }
  }
  std::vector<std::string> end(Schedule& schedule, const std::string& address, Outcome outcome = Outcome::done) {
    std::vector<std::string> skipped;
    for (std::size_t i = 0; i < plan.actions.size(); ++i) {
      if (plan.actions[i].address.text != address) continue;
      for (const auto& one : schedule.ended(i, outcome)) skipped.push_back(one.report.address.text);
    }
    return skipped;
  }
};

TEST_F(ScheduleBatch, changes_so_many_gateways_at_once_and_does_the_rest_meanwhile) {
  add_clusters("abc");
  Schedule schedule(plan, {.batch = 1});
  EXPECT_THAT(start(schedule), ElementsAre("a/network", "b/network", "c/network"));
  for (const char* one : {"b/network", "a/network", "c/network"}) end(schedule, one);
  EXPECT_THAT(start(schedule), ElementsAre("b/gateway"));
  end(schedule, "b/gateway");
  EXPECT_THAT(start(schedule), ElementsAre("b/expose", "a/gateway"));
  end(schedule, "a/gateway");
  EXPECT_THAT(start(schedule), ElementsAre("a/expose", "c/gateway"));
}

TEST_F(ScheduleBatch, changes_no_gateway_after_one_that_is_not_healthy) {
  add_clusters("abc");
  Schedule schedule(plan, {.batch = 1});
  start(schedule);
  end(schedule, "a/network");
  end(schedule, "b/network");
  start(schedule);
  EXPECT_THAT(end(schedule, "a/gateway", Outcome::failed),
              ElementsAre("a/expose", "b/gateway", "b/expose", "c/gateway", "c/expose"));
  EXPECT_THAT(end(schedule, "c/network"), IsEmpty());
  EXPECT_THAT(start(schedule), IsEmpty());
  EXPECT_THAT(schedule.give_up(GiveUp::cycle), IsEmpty());
}

TEST_F(ScheduleBatch, without_one_a_failure_stops_only_what_needs_it) {
  add_clusters("ab");
  Schedule schedule(plan, {});
  start(schedule);
  end(schedule, "a/network");
  end(schedule, "b/network");
  EXPECT_THAT(start(schedule), ElementsAre("a/gateway", "b/gateway"));
  EXPECT_THAT(end(schedule, "a/gateway", Outcome::failed), ElementsAre("a/expose"));
}

}  // namespace
}  // namespace mesh
