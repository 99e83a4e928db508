#include "engine/apply/check_ground.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/model/ground.h"

namespace mesh {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const ObjectId service = {"v1", "Service", "ns", "gateway"};

struct CheckGround : ::testing::Test {
  CheckGround() {
    ClusterState& cluster = live.clusters["a"];
    cluster.name = "a";
    cluster.asked.insert(service);
    cluster.found[service] = {.id = service, .uid = "first", .body = json{{"spec", {{"type", "LoadBalancer"}}}}};
    const Ground ground = ground_of(found());
    change(UpdateObject{.body = json::object(), .ground = ground});
  }
  Object& found() { return live.clusters.at("a").found.at(service); }
  void change(decltype(ObjectChange::what) what) {
    plan.actions = {{.address = {"a/gateway"},
                     .cluster = "a",
                     .operation = Operation::update,
                     .interrupts = {"b"},
                     .objects = {{.id = service, .what = std::move(what)}},
                     .waits_for = {service}}};
  }
  std::string problem() const {
    const auto problems = check_ground(plan, live);
    if (problems.empty()) return {};
    EXPECT_EQ(problems.at({"a/gateway"}).front().code, Code::ground_moved);
    return problems.at({"a/gateway"}).front().cause;
  }
  LiveState live;
  Plan plan;
};

TEST_F(CheckGround, has_nothing_to_say_of_an_object_that_is_as_planned) { EXPECT_THAT(problem(), IsEmpty()); }

TEST_F(CheckGround, finds_other_content) {
  found().body.edit()["spec"]["type"] = "NodePort";
  EXPECT_THAT(problem(), HasSubstr("its content has changed"));
}

/// With the same content: another controller may have filled it meanwhile, and its address is another one.
TEST_F(CheckGround, finds_an_object_that_was_deleted_and_created_again_with_equal_content) {
  found().uid = "second";
  EXPECT_THAT(problem(), HasSubstr("deleted and recreated"));
  change(DeleteObject{.ground = {.uid = "first", .digest = ground_of(found()).digest}});
  EXPECT_THAT(problem(), HasSubstr("deleted and recreated"));
}

TEST_F(CheckGround, finds_an_object_that_is_gone_unless_it_was_to_be_deleted) {
  live.clusters.at("a").found.clear();
  EXPECT_THAT(problem(), HasSubstr("it is gone"));
  change(DeleteObject{.ground = {.uid = "first"}});
  EXPECT_THAT(problem(), IsEmpty());
}

TEST_F(CheckGround, finds_an_object_that_the_plan_creates) {
  change(CreateObject{.body = json::object()});
  EXPECT_THAT(problem(), HasSubstr("it exists now"));
}

TEST_F(CheckGround, what_is_held_back_writes_interrupts_and_waits_for_nothing) {
  const Plan held = hold_back(plan, {{Address{"a/gateway"}, {}}});
  const Action& action = held.actions.front();
  EXPECT_EQ(action.operation, Operation::unknown);
  EXPECT_EQ(action.unknown_for, Code::ground_moved);
  EXPECT_THAT(action.objects, IsEmpty());
  EXPECT_THAT(action.waits_for, IsEmpty());
  EXPECT_THAT(action.interrupts, IsEmpty());
}

}  // namespace
}  // namespace mesh
