#include "engine/apply/run_locks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_locks.h"

namespace mesh {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

struct RunLocksTest : ::testing::Test {
  LockRequest request(std::set<std::string> clusters) {
    return {.clusters = std::move(clusters), .holder = [](const std::string& cluster) {
              return LockHolder{.run = "me", .who = "jo@here", .command = "apply", .addresses = cluster + "/network"};
            }};
  }
  void hold(const std::string& cluster, std::chrono::seconds left) {
    locks.locks[cluster] = {.holder = {.run = "other", .who = "al@there", .command = "apply", .since = "2026-11-22"},
                            .age = std::chrono::seconds(4),
                            .left = left};
  }
  auto take(LockRequest what) { return RunLocks::take(locks, clock, std::move(what), stop.get_token()); }

  testing::FakeClock clock;
  testing::FakeLocks locks;
  std::stop_source stop;
};

TEST_F(RunLocksTest, takes_the_first_by_name_alone_and_then_the_others) {
  auto run = take(request({"c2", "c1", "c3"}));
  ASSERT_TRUE(run);
  EXPECT_EQ(locks.calls.front(), "take c1");
  EXPECT_THAT(locks.calls, UnorderedElementsAre("take c1", "take c2", "take c3"));
  EXPECT_EQ(locks.locks.at("c2").holder.addresses, "c2/network");
  EXPECT_THAT((*run)->release(), IsEmpty());
  EXPECT_THAT(locks.locks, IsEmpty());
}

TEST_F(RunLocksTest, one_that_another_run_holds_is_an_error_that_names_it_and_leaves_none) {
  hold("c2", std::chrono::seconds(26));
  const auto run = take(request({"c1", "c2", "c3"}));
  ASSERT_FALSE(run);
  ASSERT_THAT(run.error(), SizeIs(1));
  EXPECT_EQ(run.error()[0].code, Code::lock_held);
  EXPECT_EQ(run.error()[0].where, "cluster c2");
  EXPECT_THAT(run.error()[0].cause, HasSubstr("apply of al@there at 2026-11-22; last heard of 4 s ago"));
  EXPECT_THAT(locks.locks, SizeIs(1));
  EXPECT_EQ(locks.locks.at("c2").holder.run, "other");
}

TEST_F(RunLocksTest, one_whose_answer_did_not_come_may_be_taken_and_is_released) {
  locks.fail = [&](const std::string& call) -> std::optional<Diagnostic> {
    if (call != "take c2") return std::nullopt;
    locks.locks["c2"] = {.holder = {.run = "me"}};
    return Diagnostic{.code = Code::cancelled, .summary = "stopped"};
  };
  EXPECT_FALSE(take(request({"c1", "c2"})));
  EXPECT_THAT(locks.locks, IsEmpty());
  locks.fail = [](const std::string& call) -> std::optional<Diagnostic> {
    if (call != "take c2") return std::nullopt;
    return Diagnostic{.code = Code::forbidden, .summary = "access is denied"};
  };
  locks.calls.clear();
  EXPECT_FALSE(take(request({"c1", "c2"})));
  EXPECT_THAT(locks.calls, Not(Contains("release c2"))) << "what was refused is not there";
}

TEST_F(RunLocksTest, waits_with_those_before_it_and_without_those_behind_it) {
  hold("c2", std::chrono::seconds(26));
  LockRequest patient = request({"c1", "c2", "c3"});
  patient.patience = std::chrono::seconds(30);
  std::vector<std::string> waited;
  patient.waiting = [&](const std::string& cluster, const ClusterLock&) {
    waited.push_back(cluster);
    EXPECT_TRUE(locks.locks.contains("c1"));
    EXPECT_FALSE(locks.locks.contains("c3"));
    locks.locks.erase("c2");
  };
  const auto run = take(std::move(patient));
  ASSERT_TRUE(run);
  EXPECT_THAT(waited, ElementsAre("c2"));
  EXPECT_THAT(locks.locks, SizeIs(3));
  EXPECT_THAT(clock.slept(), ElementsAre(std::chrono::seconds(1)));
}

TEST_F(RunLocksTest, gives_up_when_its_patience_ends_and_when_it_is_stopped) {
  hold("c1", std::chrono::seconds(26));
  LockRequest patient = request({"c1"});
  patient.patience = std::chrono::seconds(3);
  const auto late = take(patient);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error()[0].code, Code::lock_held);
  EXPECT_THAT(clock.slept(), SizeIs(3));
  stop.request_stop();
  const auto stopped = take(patient);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error()[0].code, Code::cancelled);
}

TEST_F(RunLocksTest, takes_over_what_has_expired_and_tells_whose_it_was) {
  hold("c1", std::chrono::seconds(0));
  const auto run = take(request({"c1", "c2"}));
  ASSERT_TRUE(run);
  ASSERT_THAT((*run)->found(), SizeIs(1));
  EXPECT_EQ((*run)->found().at("c1").holder.who, "al@there");
}

TEST_F(RunLocksTest, what_may_not_be_locked_is_an_error_and_leaves_none) {
  locks.fail = [](const std::string& call) {
    return call == "take c2" ? std::optional(Diagnostic{.code = Code::forbidden}) : std::nullopt;
  };
  const auto run = take(request({"c1", "c2"}));
  ASSERT_FALSE(run);
  EXPECT_EQ(run.error()[0].code, Code::forbidden);
  EXPECT_THAT(locks.locks, IsEmpty());
}

TEST_F(RunLocksTest, a_lock_that_another_run_took_is_lost_at_once) {
  auto run = take(request({"c1", "c2"}));
  ASSERT_TRUE(run);
  (*run)->renew();
  EXPECT_FALSE((*run)->lost().stop_requested());
  hold("c2", std::chrono::seconds(30));
  (*run)->renew();
  EXPECT_TRUE((*run)->lost().stop_requested());
  ASSERT_THAT((*run)->losses(), SizeIs(1));
  EXPECT_EQ((*run)->losses()[0].code, Code::lock_lost);
  locks.calls.clear();
  (*run)->release();
  EXPECT_THAT(locks.calls, Not(Contains("release c2")));
}

TEST_F(RunLocksTest, one_that_cannot_be_renewed_is_lost_before_another_run_may_take_it) {
  auto run = take(request({"c1"}));
  ASSERT_TRUE(run);
  locks.fail = [](const std::string&) { return Diagnostic{.code = Code::unreachable, .cause = "no route"}; };
  clock.pass(RunLocks::period * 2);
  (*run)->renew();
  EXPECT_FALSE((*run)->lost().stop_requested());
  clock.pass(RunLocks::period);
  ASSERT_LT(RunLocks::period * 3, ClusterLocks::duration);
  (*run)->renew();
  EXPECT_TRUE((*run)->lost().stop_requested());
  EXPECT_THAT((*run)->losses()[0].cause, HasSubstr("no route"));
}

TEST_F(RunLocksTest, one_that_cannot_be_released_is_a_warning) {
  auto run = take(request({"c1"}));
  ASSERT_TRUE(run);
  locks.fail = [](const std::string&) { return Diagnostic{.code = Code::unreachable, .cause = "no route"}; };
  const auto warnings = (*run)->release();
  ASSERT_THAT(warnings, SizeIs(1));
  EXPECT_EQ(warnings[0].severity, Severity::warning);
  EXPECT_THAT(warnings[0].cause, HasSubstr("expires by itself within 30 s"));
}

}  // namespace
}  // namespace mesh
