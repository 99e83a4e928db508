#include <gmock/gmock.h>

#include "providers/istio/lease.h"
#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

struct CmdLock : CommandCase {
  /// Another run holds the lock of c1.
  CmdLock() {
    apply_all();
    servers.at("c1").cluster.update(id, "mesh", [](nlohmann::json& body) {
      body["metadata"]["annotations"] = {{"mesh-engine.dev/lock-who", "al@there"},
                                         {"mesh-engine.dev/lock-command", "apply"}};
      body["spec"] = {{"holderIdentity", "al@there/1"},
                      {"acquireTime", "2026-11-22T13:00:00.000000Z"},
                      {"leaseDurationSeconds", 2'000'000'000}};
    });
  }
  const ObjectId id = istio::lease_id("istio-system", "m");
};

TEST_F(CmdLock, lists_who_holds_what) {
  EXPECT_EQ(run("lock", {"list"}), exit_done) << err;
  EXPECT_THAT(out, HasSubstr("c1: apply of al@there at 2026-11-22T13:00:00Z, last heard of"));
  EXPECT_THAT(out, HasSubstr("c2: free\n"));
}

TEST_F(CmdLock, releases_after_a_yes_alone) {
  answer = "no";
  EXPECT_EQ(run("lock", {"release", "c1"}), exit_failed);
  EXPECT_THAT(err, HasSubstr("nothing was released"));
  answer = "yes";
  EXPECT_EQ(run("lock", {"release", "c1"}), exit_done) << err;
  EXPECT_THAT(err, HasSubstr("Released the lock of c1."));
  EXPECT_EQ(run("lock", {"list"}), exit_done);
  EXPECT_THAT(out, HasSubstr("released, the run did not end"));
}

TEST_F(CmdLock, wants_names_with_release_alone) {
  EXPECT_EQ(run("lock", {"release"}), exit_usage);
  EXPECT_EQ(run("lock", {"list", "c1"}), exit_usage);
  EXPECT_EQ(run("lock", {"steal"}), exit_usage);
}

TEST_F(CmdLock, an_apply_that_writes_is_refused_and_a_plan_is_not) {
  servers.at("c1").cluster.remove({"v1", "Service", "istio-system", "istio-eastwestgateway"});
  EXPECT_EQ(run("plan"), exit_done) << err;
  EXPECT_EQ(run("apply", {"--auto-approve"}), exit_failed);
  EXPECT_THAT(err, HasSubstr("lock_held"));
  EXPECT_THAT(servers.at("c1").calls_with("apply Service istio"), ::testing::SizeIs(1));
  EXPECT_EQ(run("lock", {"release", "c1", "--auto-approve"}), exit_done) << err;
  EXPECT_EQ(run("drift"), exit_differences);
  EXPECT_THAT(err, HasSubstr("warning[journal_open]"));
  EXPECT_EQ(run("apply", {"--auto-approve"}), exit_done) << err;
  EXPECT_THAT(err, HasSubstr("closed the journal of a run that did not end"));
  EXPECT_EQ(servers.at("c1").cluster.find(id), nullptr);
}

TEST_F(CmdLock, an_apply_without_changes_closes_what_a_run_left_and_takes_no_lock) {
  ASSERT_EQ(run("lock", {"release", "c1", "--auto-approve"}), exit_done) << err;
  servers.at("c2").calls.clear();
  EXPECT_EQ(run("apply", {"--auto-approve"}), exit_done) << err;
  EXPECT_THAT(err, HasSubstr("closed the journal"));
  EXPECT_EQ(servers.at("c1").cluster.find(id), nullptr);
  EXPECT_THAT(servers.at("c2").calls_with("apply Lease"), IsEmpty());
}

}  // namespace
}  // namespace mesh::cli
