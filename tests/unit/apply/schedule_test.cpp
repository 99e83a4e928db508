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
  Schedule schedule(plan, 3);
  EXPECT_THAT(start(schedule), ElementsAre("a/1", "b/1", "c/1", "a/2", "b/2", "a/3"));
}

TEST_F(ScheduleTest, a_cluster_that_is_full_does_not_hold_up_others) {
  for (const char* address : {"a/1", "a/2", "a/3", "b/1", "b/2"}) add(address);
  Schedule schedule(plan, 1);
  EXPECT_THAT(start(schedule), ElementsAre("a/1", "b/1"));
  schedule.ended(3, Outcome::done);
  EXPECT_THAT(start(schedule), ElementsAre("b/2"));
  schedule.ended(0, Outcome::done);
  EXPECT_THAT(start(schedule), ElementsAre("a/2"));
}

TEST_F(ScheduleTest, a_cluster_whose_action_ended_waits_for_its_turn) {
  for (const char* address : {"a/1", "a/2", "b/1", "b/2", "c/1"}) add(address);
  Schedule schedule(plan, 1);
  // One worker: a's first action ends while b and c have not started yet.
  EXPECT_EQ(schedule.start_next(), 0U);
  schedule.ended(0, Outcome::done);
  EXPECT_THAT(start(schedule), ElementsAre("b/1", "c/1", "a/2"));
}

TEST_F(ScheduleTest, what_is_due_through_another_cluster_waits_for_its_turn) {
  for (const char* address : {"a/1", "b/1", "b/2"}) add(address);
  add("a/2", {"a/1"});
  Schedule schedule(plan, 1);
  EXPECT_EQ(schedule.start_next(), 0U);
  schedule.ended(0, Outcome::done);
  EXPECT_THAT(start(schedule), ElementsAre("b/1", "a/2"));
  EXPECT_THAT(start(schedule), IsEmpty());
}

}  // namespace
}  // namespace mesh
