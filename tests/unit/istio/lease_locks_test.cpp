#include "providers/istio/lease_locks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/time.h"
#include "providers/istio/lease.h"
#include "providers/kubernetes/schema/field_schemas.h"
#include "tests/support/fake_client.h"
#include "tests/support/fake_clock.h"

namespace mesh::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

struct LeaseLocksTest : ::testing::Test {
  LeaseLocksTest() {
    server.install_istiod("default", "cn-c1");
    // The fake dates what is written into the first minute of November.
    const auto there = parse_rfc3339("2026-11-01T00:00:20Z").value();
    server.clock_skew = std::chrono::duration_cast<std::chrono::seconds>(there - clock.wall());
  }
  static LockHolder holder(const std::string& run) {
    return {.run = run, .who = "jo@here", .command = "apply", .plan = "sha256:ab", .addresses = "c1/network"};
  }
  const Object* lease() { return server.cluster.find(istio::lease_id("istio-system", "west")); }
  /// What the Lease says of `run` is as old as that.
  void age(std::chrono::seconds by) { server.clock_skew = *server.clock_skew + by; }

  FakeClients clients;
  FakeServer& server = clients.add("c1", kubernetes::field_schemas());
  FakeClock clock;
  MeshSpec mesh{.name = "west"};
  const std::map<std::string, ClusterSpec> specs = {{"c1", {.name = "c1"}}};
  istio::ClientPool pool{"mesh.west", specs, clients};
  istio::LeaseLocks locks{mesh, pool, clock};
  istio::LeaseLocks other{mesh, pool, clock};
};

TEST_F(LeaseLocksTest, one_of_two_runs_gets_it) {
  const auto mine = locks.take("c1", holder("me"), {});
  ASSERT_TRUE(mine);
  EXPECT_TRUE(mine->taken);
  EXPECT_FALSE(mine->found);
  const auto theirs = other.take("c1", holder("they"), {});
  ASSERT_TRUE(theirs);
  EXPECT_FALSE(theirs->taken);
  EXPECT_EQ(theirs->found->holder.run, "me");
  EXPECT_EQ(theirs->found->holder.addresses, "c1/network");
  ASSERT_TRUE(locks.release("c1", holder("me")));
  EXPECT_EQ(lease(), nullptr);
  EXPECT_TRUE(other.take("c1", holder("they"), {})->taken);
}

TEST_F(LeaseLocksTest, one_that_takes_it_between_the_look_and_the_write_wins) {
  bool once = false;
  server.fail = [&](const std::string& call) -> std::optional<Diagnostic> {
    if (call.starts_with("patch Lease") && !std::exchange(once, true)) {
      server.cluster.update(istio::lease_id("istio-system", "west"), "mesh", [](nlohmann::json& body) {
        body["spec"] = {{"holderIdentity", "they"}, {"leaseDurationSeconds", 30}};
      });
    }
    return std::nullopt;
  };
  const auto mine = locks.take("c1", holder("me"), {});
  ASSERT_TRUE(mine);
  EXPECT_FALSE(mine->taken);
  EXPECT_EQ(mine->found->holder.run, "they");
}

TEST_F(LeaseLocksTest, an_answer_that_was_lost_does_not_lose_the_lock) {
  server.lose = [](const std::string& call) { return call.starts_with("patch Lease"); };
  const auto mine = locks.take("c1", holder("me"), {});
  ASSERT_TRUE(mine);
  EXPECT_TRUE(mine->taken);
  EXPECT_TRUE(locks.renew("c1", holder("me")));
}

TEST_F(LeaseLocksTest, renewals_go_on_when_others_write_beside_it_and_end_when_it_is_taken) {
  ASSERT_TRUE(locks.take("c1", holder("me"), {}));
  const auto id = istio::lease_id("istio-system", "west");
  server.cluster.update(id, "kubectl", [](nlohmann::json& body) { body["metadata"]["labels"]["team"] = "a"; });
  EXPECT_TRUE(locks.renew("c1", holder("me")));
  ASSERT_TRUE(locks.revoke("c1", {.holder = holder("me")}));
  const auto lost = locks.renew("c1", holder("me"));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error()[0].code, Code::lock_lost);
  // What it was for stays to be seen.
  const auto seen = other.read("c1", {});
  ASSERT_TRUE(seen && *seen);
  EXPECT_FALSE((*seen)->held());
  EXPECT_EQ((*seen)->holder.plan, "sha256:ab");
  const auto next = other.take("c1", holder("they"), {});
  ASSERT_TRUE(next);
  EXPECT_TRUE(next->taken);
  EXPECT_EQ(next->found->holder.who, "jo@here");
  // It is theirs now.
  EXPECT_TRUE(locks.release("c1", holder("me")));
  EXPECT_NE(lease(), nullptr);
}

TEST_F(LeaseLocksTest, one_that_has_expired_is_taken_over_and_tells_whose_it_was) {
  ASSERT_TRUE(locks.take("c1", holder("me"), {}));
  age(istio::LeaseLocks::duration);
  const auto next = other.take("c1", holder("they"), {});
  ASSERT_TRUE(next);
  EXPECT_TRUE(next->taken);
  EXPECT_EQ(next->found->holder.run, "me");
  const auto lost = locks.renew("c1", holder("me"));
  ASSERT_FALSE(lost);
  EXPECT_THAT(lost.error()[0].cause, HasSubstr("now held by"));
}

TEST_F(LeaseLocksTest, one_whose_age_cannot_be_told_counts_as_held) {
  ASSERT_TRUE(locks.take("c1", holder("me"), {}));
  age(istio::LeaseLocks::duration);
  server.clock_skew = std::nullopt;
  const auto next = other.take("c1", holder("they"), {});
  ASSERT_TRUE(next);
  EXPECT_FALSE(next->taken);
}

TEST_F(LeaseLocksTest, a_deleted_one_is_lost) {
  ASSERT_TRUE(locks.take("c1", holder("me"), {}));
  server.cluster.remove(istio::lease_id("istio-system", "west"));
  const auto lost = locks.renew("c1", holder("me"));
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error()[0].code, Code::lock_lost);
}

TEST_F(LeaseLocksTest, a_missing_right_is_named) {
  server.fail = [](const std::string& call) -> std::optional<Diagnostic> {
    if (call.find("Lease") == std::string::npos) return std::nullopt;
    return Diagnostic{.code = Code::forbidden, .summary = "access is denied"};
  };
  const auto taken = locks.take("c1", holder("me"), {});
  ASSERT_FALSE(taken);
  EXPECT_THAT(taken.error()[0].hint, HasSubstr("patch and delete on leases.coordination.k8s.io in istio-system"));
}

TEST_F(LeaseLocksTest, in_the_common_case_takes_three_requests) {
  ASSERT_TRUE(locks.take("c1", holder("me"), {}));
  ASSERT_TRUE(locks.release("c1", holder("me")));
  EXPECT_THAT(server.calls, SizeIs(3));
}

}  // namespace
}  // namespace mesh::testing
