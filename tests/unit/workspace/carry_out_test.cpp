#include "engine/workspace/carry_out.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "engine/codec/plan_codec.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_locks.h"

namespace mesh {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

/// Does all it is asked to, or nothing.
class FakeProvider final : public Provider {
 public:
  ClusterState read(const ClusterSpec&, CheckReading*, TimePoint, std::stop_token) override { return {}; }
  void read_recorded(const ClusterSpec&, const std::set<ObjectId>&, ClusterState&, TimePoint,
                     std::stop_token) override {}
  ClusterState access(const ClusterSpec&) override { return {}; }
  CheckReading read_for_checks(const ClusterSpec&, CheckDepth, TimePoint, std::stop_token) override { return {}; }
  ActionReport perform(const Action& action, Progress&, std::stop_token) override {
    performed.push_back(action.address.text);
    if (while_performing) while_performing();
    return {.address = action.address, .outcome = outcome, .attempts = 1};
  }
  ClusterLocks& locks() override { return locks_of_all; }

  testing::FakeLocks locks_of_all;
  Outcome outcome = Outcome::done;
  std::vector<std::string> performed;
  std::function<void()> while_performing;
};

/// Holds one snapshot and remembers what was added.
class FakeStore final : public SnapshotStore {
 public:
  Result<std::optional<Head>> last(Diagnostics&) override { return std::optional(head); }
  Result<Snapshot> read(const Head&) override { return newest; }
  Result<void> prepare() override {
    if (usable) return {};
    return failure(Diagnostic{.code = Code::state_unusable, .summary = "cannot be used", .cause = "read only"});
  }
  Result<Saved> save(const Entry& entry) override {
    if (writes) writes();
    saved.push_back(entry.subject);
    if (entry.recorded) entry.recorded("two");
    if (pushes) pushes();
    return Saved{.commit = "two", .diagnostics = {}};
  }
  Diagnostics publish() override {
    if (pushes) pushes();
    ++published;
    return {{.code = Code::state_remote_failed, .severity = Severity::warning, .summary = "was busy"}};
  }
  Result<std::vector<SnapshotInfo>> history() override { return {}; }
  Result<Stored> at(const std::string&) override { return Stored{.commit = "one", .snapshot = newest}; }
  Result<std::string> changes(const std::string&) override { return std::string(); }

  Head head{.commit = "one", .clusters = {}};
  Snapshot newest;
  bool usable = true;
  std::vector<std::string> saved;
  int published = 0;
  std::function<void()> writes;
  /// Called while a snapshot is pushed that is recorded here already.
  std::function<void()> pushes;
};

struct CarryOut : ::testing::Test {
  CarryOut() {
    auto owned_provider = std::make_unique<FakeProvider>();
    provider = owned_provider.get();
    auto owned_store = std::make_unique<FakeStore>();
    store = owned_store.get();
    workspace.store = std::move(owned_store);
    workspace.provider = std::move(owned_provider);
    store->newest.spec_digest = "recorded";
    plan.spec_digest = "recorded";
    workspace.spec.digest = "recorded";
  }

  void add(const std::string& address, Operation operation) {
    plan.actions.push_back(
        {.address = {address}, .cluster = address.substr(0, address.find('/')), .operation = operation});
  }
  int run() {
    Console console(out, err, {.format = format});
    const CheckedPlan what{.plan = plan, .bytes = encode_plan(plan), .desired = {}, .warnings = {}};
    return carry_out(
        workspace, what,
        [this](const CheckedPlan& approved) -> Result<CheckedPlan> {
          if (again) return again(approved);
          return approved;
        },
        console, env);
  }

  testing::FakeClock clock;
  std::ostringstream out;
  std::ostringstream err;
  std::stop_source stop;
  Env env{.out = out, .err = err, .clock = clock, .client_factory = {}, .ask = {}, .stop = stop.get_token()};
  Format format = Format::text;
  /// What a plan made under the locks says; without it the same as before.
  PlanAgain again;
  Workspace workspace;
  FakeStore* store = nullptr;
  FakeProvider* provider = nullptr;
  Plan plan;
};

TEST_F(CarryOut, a_stop_is_told_while_what_runs_goes_on) {
  add("dc1/network", Operation::update);
  provider->outcome = Outcome::cancelled;
  provider->while_performing = [&] { stop.request_stop(); };
  EXPECT_EQ(run(), exit_failed);
  EXPECT_THAT(err.str(), HasSubstr("stopping: what runs is finished and recorded"));
  EXPECT_THAT(store->saved, SizeIs(1));
}

TEST_F(CarryOut, a_report_that_cannot_be_written_is_told_all_the_same) {
  add("dc1/network", Operation::update);
  format = Format::json;
  EXPECT_EQ(run(), exit_done);
  EXPECT_THAT(err.str(), Not(HasSubstr("Snapshot")));
  out.setstate(std::ios::badbit);
  run();
  EXPECT_THAT(err.str(), HasSubstr("1 done"));
  EXPECT_THAT(err.str(), HasSubstr("Snapshot: two"));
}

TEST_F(CarryOut, changes_nothing_that_cannot_be_recorded) {
  add("dc1/network", Operation::update);
  plan.complete = true;
  store->usable = false;
  EXPECT_EQ(run(), exit_failed);
  EXPECT_THAT(provider->performed, IsEmpty());
  EXPECT_THAT(err.str(), HasSubstr("state_unusable"));
  EXPECT_THAT(err.str(), HasSubstr("nothing was changed"));
}

TEST_F(CarryOut, records_what_was_tried) {
  for (const Outcome outcome : {Outcome::done, Outcome::failed, Outcome::cancelled}) {
    for (const bool complete : {true, false}) {
      plan.actions.clear();
      add("dc1/network", Operation::update);
      plan.complete = complete;
      provider->outcome = outcome;
      store->saved.clear();
      run();
      EXPECT_EQ(store->saved.size(), 1U) << to_string(outcome) << (complete ? "" : ", incomplete");
    }
  }
}

TEST_F(CarryOut, an_incomplete_plan_of_which_nothing_was_tried_is_not_recorded) {
  add("dc1/network", Operation::unchanged);
  add("dc2/network", Operation::unknown);
  plan.complete = false;
  // Even where the spec is not the recorded one: what was not read is not confirmed by it.
  for (const char* digest : {"recorded", "another"}) {
    workspace.spec.digest = digest;
    EXPECT_EQ(run(), exit_incomplete);
    EXPECT_THAT(provider->performed, IsEmpty());
    EXPECT_THAT(store->saved, IsEmpty()) << digest;
  }
}

TEST_F(CarryOut, what_is_not_ready_is_waited_for_and_waiting_alone_is_not_recorded) {
  plan.complete = true;
  workspace.last = SnapshotStore::Head{.commit = "one", .clusters = {}};
  add("dc1/gateway", Operation::unchanged);
  plan.actions.back().waits_for = {{"v1", "Service", "istio-system", "istio-eastwestgateway"}};
  for (const auto& [outcome, code] : {std::pair{Outcome::failed, exit_failed}, std::pair{Outcome::done, exit_done}}) {
    provider->performed.clear();
    provider->outcome = outcome;
    EXPECT_EQ(run(), code);
    EXPECT_THAT(provider->performed, ::testing::SizeIs(1));
    EXPECT_THAT(store->saved, IsEmpty());
  }
}

TEST_F(CarryOut, a_complete_plan_without_changes_is_recorded_once_per_spec) {
  add("dc1/network", Operation::unchanged);
  plan.complete = true;
  workspace.last = SnapshotStore::Head{.commit = "one", .clusters = {}};
  EXPECT_EQ(run(), exit_done);
  EXPECT_THAT(store->saved, IsEmpty());
  workspace.spec.digest = "another";
  EXPECT_EQ(run(), exit_done);
  EXPECT_EQ(store->saved.size(), 1U);
}

TEST_F(CarryOut, what_an_earlier_apply_could_not_push_is_pushed_by_one_that_records_nothing) {
  add("dc1/network", Operation::unchanged);
  plan.complete = true;
  workspace.last = SnapshotStore::Head{.commit = "one", .clusters = {}, .unpushed = {}};
  EXPECT_EQ(run(), exit_done);
  EXPECT_EQ(store->published, 0);
  workspace.last->unpushed.push_back({.code = Code::state_remote_failed, .severity = Severity::warning});
  EXPECT_EQ(run(), exit_done);
  EXPECT_EQ(store->published, 1);
  EXPECT_THAT(err.str(), HasSubstr("was busy"));
  EXPECT_THAT(store->saved, IsEmpty());
  // A remote that could not be read is not asked again.
  workspace.last->unpushed[0].summary = "lacks snapshots";
  workspace.last->remote_answers = false;
  EXPECT_EQ(run(), exit_done);
  EXPECT_EQ(store->published, 1);
  EXPECT_THAT(err.str(), HasSubstr("lacks snapshots"));
  // A save pushes them along.
  workspace.spec.digest = "another";
  EXPECT_EQ(run(), exit_done);
  EXPECT_EQ(store->saved.size(), 1U);
  EXPECT_EQ(store->published, 1);
}

TEST_F(CarryOut, a_push_is_told_before_it_begins) {
  add("dc1/network", Operation::update);
  plan.complete = true;
  format = Format::json;
  std::string said;
  store->pushes = [&] { said = err.str(); };
  EXPECT_EQ(run(), exit_done);
  EXPECT_THAT(said, Not(HasSubstr("Pushing"))) << "without a remote";
  workspace.spec.state.remote = "https://me:hunter2@git.example/state.git";
  EXPECT_EQ(run(), exit_done);
  EXPECT_THAT(said, HasSubstr("Pushing the state to https://git.example/state.git\n"));
  EXPECT_THAT(out.str(), Not(HasSubstr("Pushing")));
  // The same where there is nothing to record but something to push.
  said.clear();
  plan.actions.clear();
  workspace.last =
      SnapshotStore::Head{.commit = "one",
                          .clusters = {},
                          .unpushed = {{.code = Code::state_remote_failed, .severity = Severity::warning}}};
  EXPECT_EQ(run(), exit_done);
  EXPECT_EQ(store->published, 1);
  EXPECT_THAT(said, HasSubstr("Pushing"));
}

TEST_F(CarryOut, the_report_is_there_before_the_push) {
  add("dc1/network", Operation::update);
  std::string printed;
  store->pushes = [&] { printed = out.str(); };
  EXPECT_EQ(run(), exit_done);
  EXPECT_THAT(printed, HasSubstr("Snapshot: two"));
  EXPECT_EQ(out.str(), printed);
}

TEST_F(CarryOut, a_cluster_that_another_run_recorded_meanwhile_is_not_left_behind) {
  add("dc1/network", Operation::update);
  store->head.clusters["dc9"] = {};
  EXPECT_EQ(run(), exit_failed);
  EXPECT_THAT(err.str(), HasSubstr("another run has brought a cluster into the mesh meanwhile"));
  EXPECT_THAT(provider->performed, IsEmpty());
  EXPECT_THAT(provider->locks_of_all.locks, IsEmpty());
  workspace.diagnostics = {{.code = Code::state_remote_failed, .severity = Severity::warning}};
  EXPECT_EQ(run(), exit_done) << "a remote that is silent is not waited for again";
  workspace.diagnostics.clear();
  workspace.last = store->head;
  EXPECT_EQ(run(), exit_done) << "it was known when the plan was made";
}

TEST_F(CarryOut, a_cluster_that_another_run_protected_meanwhile_is_left_alone) {
  add("dc1/network", Operation::update);
  store->head.clusters["dc1"] = {.protect = true};
  workspace.last = SnapshotStore::Head{.commit = "zero", .clusters = {{"dc1", {}}}};
  EXPECT_EQ(run(), exit_failed);
  EXPECT_THAT(err.str(), HasSubstr("another run has protected the cluster meanwhile"));
  EXPECT_THAT(provider->performed, IsEmpty());
}

TEST_F(CarryOut, what_writes_holds_the_locks_and_leaves_none) {
  add("dc1/network", Operation::update);
  provider->while_performing = [&] { EXPECT_THAT(provider->locks_of_all.locks, SizeIs(1)); };
  EXPECT_EQ(run(), exit_done);
  EXPECT_THAT(provider->performed, SizeIs(1));
  EXPECT_THAT(provider->locks_of_all.locks, IsEmpty());
}

TEST_F(CarryOut, what_writes_nothing_takes_no_lock) {
  add("dc1/network", Operation::unchanged);
  EXPECT_EQ(run(), exit_done);
  EXPECT_THAT(provider->locks_of_all.calls, IsEmpty());
}

TEST_F(CarryOut, nothing_is_written_when_the_plan_moved_while_the_locks_were_taken) {
  add("dc1/network", Operation::update);
  again = [](const CheckedPlan&) -> Result<CheckedPlan> {
    return failure(Diagnostic{.code = Code::ground_moved, .summary = "object has changed since the plan"});
  };
  EXPECT_EQ(run(), exit_failed);
  EXPECT_THAT(provider->performed, IsEmpty());
  EXPECT_THAT(err.str(), HasSubstr("ground_moved"));
  EXPECT_THAT(store->saved, IsEmpty());
  EXPECT_THAT(provider->locks_of_all.locks, IsEmpty());
}

TEST_F(CarryOut, the_plan_made_under_the_locks_is_carried_out) {
  add("dc1/network", Operation::update);
  again = [](const CheckedPlan& approved) -> Result<CheckedPlan> {
    CheckedPlan less = approved;
    less.plan.actions[0].operation = Operation::unchanged;
    return less;
  };
  EXPECT_EQ(run(), exit_done);
  EXPECT_THAT(provider->performed, IsEmpty());
}

TEST_F(CarryOut, a_lock_of_a_run_that_died_is_told_with_whose_it_was) {
  add("dc1/network", Operation::update);
  provider->locks_of_all.locks["dc1"] = {.holder = {.run = "x", .who = "al@there", .command = "apply"}};
  EXPECT_EQ(run(), exit_done);
  EXPECT_THAT(err.str(), HasSubstr("closed the journal of a run that did not end"));
  EXPECT_THAT(err.str(), HasSubstr("apply of al@there"));
}

}  // namespace
}  // namespace mesh
