#include "engine/apply/apply_plan.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <stdexcept>
#include <thread>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_provider.h"
#include "tests/support/few_threads.h"

namespace mesh {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class CountingProgress final : public Progress {
 public:
  void started(const Address&, Operation) override { ++starts; }
  void waiting(const Address&, const std::string&) override {}
  void retrying(const Address&, const std::string&, std::chrono::milliseconds) override {}
  void finished(const ActionReport&) override { ++ends; }
  std::atomic<int> starts{0}, ends{0};
};

Action action(const std::string& address, Operation operation, std::vector<std::string> depends_on = {},
              bool waits = false) {
  Action one{.address = {address}, .cluster = address.substr(0, address.find('/')), .operation = operation};
  for (std::string& need : depends_on) one.depends_on.push_back({std::move(need)});
  if (waits) one.waits_for.push_back({"v1", "Service", "ns", "x"});
  return one;
}

struct ApplyPlan : ::testing::Test {
  std::vector<std::string> run(std::vector<Action> actions, const ApplyLimits& limits = {}) {
    plan.actions = std::move(actions);
    report = apply_plan(plan, provider, progress, clock, limits, stop.get_token());
    std::vector<std::string> lines;
    for (const ActionReport& one : report.actions) {
      lines.push_back(fmt::format("{} {}", one.address.text, to_string(one.outcome)));
    }
    EXPECT_EQ(static_cast<std::size_t>(progress.ends.load()), report.actions.size());
    return lines;
  }
  void fail(const std::string& address) {
    provider.perform_one = [address](const Action& one, std::stop_token) {
      return one.address.text == address ? Outcome::failed : Outcome::done;
    };
  }
  Plan plan;
  Report report;
  testing::FakeProvider provider;
  CountingProgress progress;
  testing::FakeClock clock;
  std::stop_source stop;
};

using enum Operation;

TEST_F(ApplyPlan, an_empty_plan_does_nothing) { EXPECT_THAT(run({}), IsEmpty()); }

TEST_F(ApplyPlan, goes_on_with_as_many_threads_as_can_be_had) {
  for (const int threads : {0, 1}) {
    const testing::FewThreads few(threads);
    provider.performed.clear();
    progress.ends = 0;
    EXPECT_THAT(
        run({action("a/1", create), action("b/1", create), action("c/1", create), action("a/2", create, {"a/1"})}),
        ElementsAre("a/1 done", "b/1 done", "c/1 done", "a/2 done"))
        << threads;
    EXPECT_EQ(provider.performed.size(), 4U);
  }
}

TEST_F(ApplyPlan, needs_come_first_and_the_report_is_in_plan_order) {
  EXPECT_THAT(run({action("a/1", create), action("a/2", update, {"a/1"}), action("a/3", delete_, {"a/2"})}),
              ElementsAre("a/1 done", "a/2 done", "a/3 done"));
  EXPECT_THAT(provider.performed, ElementsAre("a/1", "a/2", "a/3"));
}

TEST_F(ApplyPlan, unchanged_actions_are_left_alone) {
  EXPECT_THAT(run({action("a/1", unchanged), action("a/2", update, {"a/1"})}), ElementsAre("a/2 done"));
}

TEST_F(ApplyPlan, an_unchanged_action_that_waits_is_carried_out_whether_a_change_needs_it_or_not) {
  EXPECT_THAT(
      run({action("a/1", unchanged, {}, true), action("a/2", unchanged, {"a/1"}), action("a/3", create, {"a/2"}),
           action("b/1", unchanged, {}, true), action("b/2", unchanged, {"b/1"})}),
      ElementsAre("a/1 done", "a/3 done", "b/1 done"));
  EXPECT_THAT(provider.performed, UnorderedElementsAre("a/1", "a/3", "b/1"));
}

TEST_F(ApplyPlan, a_wait_that_fails_is_a_failure) {
  fail("b/1");
  EXPECT_THAT(run({action("b/1", unchanged, {}, true), action("b/2", unchanged, {"b/1"})}), ElementsAre("b/1 failed"));
  EXPECT_FALSE(succeeded(report));
}

TEST_F(ApplyPlan, failure_skips_what_needs_it_and_names_the_root) {
  fail("a/1");
  EXPECT_THAT(run({action("a/1", create), action("a/2", create, {"a/1"}), action("a/3", create, {"a/2"}),
                   action("b/1", create)}),
              ElementsAre("a/1 failed", "a/2 skipped", "a/3 skipped", "b/1 done"));
  EXPECT_EQ(report.actions[2].error.front().code, Code::dependency_failed);
  EXPECT_THAT(report.actions[2].error.front().cause, HasSubstr("a/1"));
}

TEST_F(ApplyPlan, nothing_starts_after_as_many_failures_as_are_allowed) {
  fail("a/1");
  EXPECT_THAT(
      run({action("a/1", create), action("b/1", create), action("b/2", create)}, {.parallelism = 1, .max_failures = 1}),
      ElementsAre("a/1 failed", "b/1 skipped", "b/2 skipped"));
  EXPECT_THAT(report.actions[1].error.front().cause, HasSubstr("--max-failures"));
  progress.ends = 0;
  EXPECT_THAT(run({action("a/1", create), action("b/1", create)}, {.parallelism = 1, .max_failures = 2}),
              ElementsAre("a/1 failed", "b/1 done"));
}

TEST_F(ApplyPlan, failure_reaches_through_unchanged_actions) {
  fail("a/1");
  EXPECT_THAT(run({action("a/1", update), action("a/2", unchanged, {"a/1"}), action("b/3", create, {"a/2"})}),
              ElementsAre("a/1 failed", "b/3 skipped"));
}

TEST_F(ApplyPlan, order_reaches_through_unchanged_actions) {
  run({action("a/1", update), action("a/2", unchanged, {"a/1"}), action("b/3", create, {"a/2"})});
  EXPECT_THAT(provider.performed, ElementsAre("a/1", "b/3"));
}

TEST_F(ApplyPlan, unknown_actions_and_those_that_need_one_are_skipped) {
  EXPECT_THAT(run({action("a/1", unknown), action("a/2", create, {"a/1"}), action("b/1", create)}),
              ElementsAre("a/1 skipped", "a/2 skipped", "b/1 done"));
  EXPECT_EQ(report.actions[0].error.front().code, Code::incomplete);
  EXPECT_THAT(report.actions[1].error.front().cause, HasSubstr("a/1"));
}

TEST_F(ApplyPlan, unknown_actions_say_why) {
  Action one = action("a/1", unknown);
  one.reason = "cluster a could not be read";
  EXPECT_THAT(run({one}), ElementsAre("a/1 skipped"));
  EXPECT_EQ(report.actions[0].error.front().cause, "cluster a could not be read");
}

TEST_F(ApplyPlan, what_is_held_back_and_what_needs_it_say_that_the_ground_has_moved) {
  Action moved = action("a/1", unknown);
  moved.unknown_for = Code::ground_moved;
  moved.reason = "its ground has moved since the plan was made";
  EXPECT_THAT(run({moved, action("a/2", create, {"a/1"})}), ElementsAre("a/1 skipped", "a/2 skipped"));
  for (const ActionReport& one : report.actions) {
    EXPECT_EQ(one.error.front().code, Code::ground_moved);
    EXPECT_THAT(one.error.front().cause, HasSubstr("its ground has moved since the plan was made"));
  }
}

TEST_F(ApplyPlan, a_need_outside_of_the_plan_is_no_need) {
  EXPECT_THAT(run({action("a/2", create, {"a/1"})}), ElementsAre("a/2 done"));
}

TEST_F(ApplyPlan, a_throw_is_a_failure) {
  provider.perform_one = [](const Action&, std::stop_token) -> Outcome { throw std::runtime_error("odd"); };
  EXPECT_THAT(run({action("a/1", create)}), ElementsAre("a/1 failed"));
  EXPECT_EQ(report.actions[0].error.front().cause, "odd");
}

TEST_F(ApplyPlan, needs_in_a_circle_end_as_failures) {
  EXPECT_THAT(run({action("a/1", create, {"a/2"}), action("a/2", create, {"a/1"})}),
              ElementsAre("a/1 failed", "a/2 failed"));
}

TEST_F(ApplyPlan, bounds_hold_in_all_and_per_cluster) {
  std::vector<Action> actions;
  for (int i = 0; i < 40; ++i) {
    actions.push_back(action(fmt::format("a/{}", i), create));
    actions.push_back(action(fmt::format("b/{}", i), create));
    actions.push_back(action(fmt::format("c/{}", i), create));
  }
  provider.perform_one = [](const Action&, std::stop_token) {
    std::this_thread::yield();
    return Outcome::done;
  };
  EXPECT_EQ(run(actions, {.parallelism = 5, .per_cluster = 2}).size(), 120U);
  EXPECT_LE(provider.most, 5);
  for (const auto& [cluster, most] : provider.most_of) EXPECT_LE(most, 2) << cluster;
}

/// Each waits until all of them run: only real concurrency ends this.
TEST_F(ApplyPlan, independent_actions_run_at_once) {
  std::mutex mutex;
  std::condition_variable all;
  int here = 0;
  provider.perform_one = [&](const Action&, std::stop_token) {
    std::unique_lock lock(mutex);
    ++here;
    all.notify_all();
    all.wait(lock, [&] { return here == 4; });
    return Outcome::done;
  };
  run({action("a/1", create), action("a/2", create), action("b/1", create), action("b/2", create)});
  EXPECT_EQ(provider.most, 4);
}

TEST_F(ApplyPlan, after_a_stop_nothing_new_starts_and_the_rest_is_recorded) {
  provider.perform_one = [this](const Action&, std::stop_token token) {
    stop.request_stop();
    return token.stop_requested() ? Outcome::cancelled : Outcome::done;
  };
  EXPECT_THAT(run({action("a/1", create), action("a/2", create, {"a/1"}), action("b/1", unchanged)},
                  {.parallelism = 1, .per_cluster = 1}),
              ElementsAre("a/1 cancelled", "a/2 skipped"));
  EXPECT_EQ(progress.starts, 1);
}

TEST_F(ApplyPlan, stopped_before_the_start) {
  stop.request_stop();
  EXPECT_THAT(run({action("a/1", create)}), ElementsAre("a/1 cancelled"));
  EXPECT_THAT(provider.performed, IsEmpty());
}

TEST_F(ApplyPlan, every_need_ends_before_its_user_starts_on_random_plans) {
  for (unsigned seed = 1; seed <= 30; ++seed) {
    std::mt19937 random(seed);
    std::vector<Action> actions;
    std::map<std::string, std::vector<std::string>> depends_on;
    for (unsigned i = 0; i < 60; ++i) {
      const std::string address = fmt::format("{}/{}", static_cast<char>('a' + random() % 4), i);
      std::vector<std::string> mine;
      for (unsigned n = 0; i > 0 && n < random() % 4; ++n) mine.push_back(actions[random() % i].address.text);
      depends_on[address] = mine;
      actions.push_back(action(address, random() % 5 == 0 ? unchanged : create, mine));
    }
    testing::FakeProvider fresh;
    std::mutex mutex;
    std::set<std::string> over;
    fresh.perform_one = [&](const Action& one, std::stop_token) {
      const std::lock_guard lock(mutex);
      for (const std::string& need : depends_on[one.address.text]) {
        for (const Action& other : actions) {
          if (other.address.text == need && other.operation == create) {
            EXPECT_TRUE(over.contains(need)) << "seed " << seed << ": " << one.address.text << " needs " << need;
          }
        }
      }
      over.insert(one.address.text);
      return Outcome::done;
    };
    plan.actions = actions;
    EXPECT_TRUE(succeeded(apply_plan(plan, fresh, progress, clock, {.parallelism = 6, .per_cluster = 2}, {})));
    const auto creations =
        std::count_if(actions.begin(), actions.end(), [](const Action& one) { return one.operation == create; });
    EXPECT_EQ(static_cast<std::ptrdiff_t>(fresh.performed.size()), creations) << "seed " << seed;
  }
}

}  // namespace
}  // namespace mesh
