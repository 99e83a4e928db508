#include "providers/istio/lease.h"

#include <gtest/gtest.h>

#include "engine/base/time.h"

namespace mesh::istio {
namespace {

using std::chrono::seconds;

const LockHolder me{.run = "jo@here/1-2",
                    .who = "jo@here",
                    .url = "https://ci.example/7",
                    .command = "apply",
                    .plan = "sha256:ab",
                    .since = "2026-11-22T13:00:00Z",
                    .addresses = "c1/network c1/gateway"};

auto at(const char* text) { return *parse_rfc3339(text); }

/// The Lease as it is stored after the patch.
Object stored(const LockHolder& holder, const char* written) {
  Object lease{.id = lease_id("istio-system", "west"), .uid = "u1", .resource_version = "7"};
  nlohmann::json body = lease_body(lease.id, "west");
  body.merge_patch(lease_patch(lease, holder, at("2026-11-22T13:00:00Z")));
  lease.body = std::move(body);
  lease.managers.push_back({.manager = "mesh", .operation = "Update", .time = written});
  return lease;
}

TEST(Lease, tells_what_was_written) {
  const Object lease = stored(me, "2026-11-22T13:00:00Z");
  EXPECT_EQ(lease.id.name, "mesh-lock.west");
  const auto lock = lock_of(lease, at("2026-11-22T13:00:10Z"));
  ASSERT_TRUE(lock);
  EXPECT_EQ(lock->holder, me);
  EXPECT_EQ(lock->age, seconds(10));
  EXPECT_EQ(lock->left, seconds(20));
  EXPECT_TRUE(lock->held());
  EXPECT_EQ((*lease.body)["spec"]["renewTime"], "2026-11-22T13:00:00.000000Z");
}

TEST(Lease, names_the_version_that_it_changes) {
  const Object lease = stored(me, "2026-11-22T13:00:00Z");
  for (const auto& patch : {lease_patch(lease, me, {}), lease_patch(lease, {}, {}), renewal_patch(lease, {})}) {
    EXPECT_EQ(patch["metadata"]["uid"], "u1");
    EXPECT_EQ(patch["metadata"]["resourceVersion"], "7");
  }
}

TEST(Lease, expires_by_the_clock_of_the_api_server_whatever_the_holder_says) {
  Object lease = stored(me, "2026-11-22T14:30:00Z");
  EXPECT_TRUE(lock_of(lease, at("2026-11-22T14:30:29Z"))->held());
  EXPECT_FALSE(lock_of(lease, at("2026-11-22T14:30:30Z"))->held());
  // Only where it tells no time, the holder's counts.
  lease.managers.clear();
  EXPECT_TRUE(lock_of(lease, at("2026-11-22T13:00:29Z"))->held());
  EXPECT_FALSE(lock_of(lease, at("2026-11-22T13:00:31Z"))->held());
}

TEST(Lease, keeps_the_intent_when_it_is_taken_from_its_holder) {
  Object lease = stored(me, "2026-11-22T13:00:00Z");
  nlohmann::json body = *lease.body;
  body.merge_patch(lease_patch(lease, {}, {}));
  lease.body = std::move(body);
  const auto lock = lock_of(lease, at("2026-11-22T13:00:01Z"));
  ASSERT_TRUE(lock);
  EXPECT_FALSE(lock->held());
  EXPECT_EQ(lock->holder.who, "jo@here");
  EXPECT_EQ(lock->holder.plan, "sha256:ab");
}

TEST(Lease, without_a_run_tells_nothing) {
  Object lease{.id = lease_id("istio-system", "west")};
  lease.body = lease_body(lease.id, "west");
  EXPECT_FALSE(lock_of(lease, {}));
}

}  // namespace
}  // namespace mesh::istio
