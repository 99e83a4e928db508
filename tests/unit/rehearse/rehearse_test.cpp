#include "engine/rehearse/rehearse.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "providers/platform/platforms.h"
#include "tests/unit/rehearse/two_clusters.h"

namespace mesh::rehearse {
namespace {

using mesh::testing::TwoClusters;

Result<Rehearsal> rehearsed(TwoClusters& mesh, const LiveState& live, const Plan& plan, std::stop_token stop = {}) {
  return rehearse_plan({.spec = mesh.spec,
                        .removed = mesh.removed,
                        .live = live,
                        .plan = plan,
                        .platforms = platform::all(),
                        .clients = *mesh.clients},
                       mesh.clock, stop);
}

Rehearsal rehearsed(TwoClusters& mesh) {
  const LiveState live = mesh.read();
  auto rehearsal = rehearsed(mesh, live, mesh.plan(live));
  EXPECT_TRUE(rehearsal);
  return rehearsal ? std::move(*rehearsal) : Rehearsal();
}

std::ptrdiff_t count(const Rehearsal& rehearsal, bool RehearsedPath::*when) {
  return std::count_if(rehearsal.paths.begin(), rehearsal.paths.end(), [&](const auto& one) { return one.*when; });
}

TEST(Rehearse, the_first_plan_is_carried_out_on_copies_alone) {
  TwoClusters mesh;
  const Rehearsal rehearsal = rehearsed(mesh);
  EXPECT_TRUE(succeeded(rehearsal));
  EXPECT_EQ(rehearsal.clusters, 2);
  EXPECT_TRUE(rehearsal.planned_otherwise.empty());
  EXPECT_TRUE(rehearsal.left.empty());
  EXPECT_EQ(rehearsal.paths.size(), 4);
  EXPECT_EQ(count(rehearsal, &RehearsedPath::before), 2);
  EXPECT_EQ(count(rehearsal, &RehearsedPath::after), 4);
  EXPECT_EQ(count(rehearsal, &RehearsedPath::broke), 0);
  for (const char* cluster : {"c1", "c2"}) {
    EXPECT_EQ(mesh.simulation->api(cluster).find("services", "istio-system", "istio-eastwestgateway"), nullptr);
    EXPECT_EQ(mesh.simulation->api(cluster).find("namespaces", "", "sample"), nullptr);
  }
}

TEST(Rehearse, what_is_applied_is_copied_with_its_owners) {
  TwoClusters mesh;
  mesh.apply();
  const Rehearsal rehearsal = rehearsed(mesh);
  EXPECT_TRUE(succeeded(rehearsal));
  EXPECT_TRUE(rehearsal.planned_otherwise.empty());
  EXPECT_EQ(count(rehearsal, &RehearsedPath::before), 4);
  EXPECT_EQ(count(rehearsal, &RehearsedPath::after), 4);
}

TEST(Rehearse, a_network_that_the_injector_does_not_know_breaks_paths) {
  TwoClusters mesh;
  mesh.apply();
  mesh.spec.clusters.at("c2").network = "new";
  const Rehearsal rehearsal = rehearsed(mesh);
  EXPECT_EQ(count(rehearsal, &RehearsedPath::before), 4);
  EXPECT_LT(count(rehearsal, &RehearsedPath::after), 4);
  const auto lost = std::find_if(rehearsal.paths.begin(), rehearsal.paths.end(),
                                 [](const RehearsedPath& path) { return path.before && !path.after; });
  ASSERT_NE(lost, rehearsal.paths.end());
  EXPECT_FALSE(lost->reason.empty());
}

TEST(Rehearse, a_cluster_that_was_not_read_cannot_be_copied) {
  TwoClusters mesh;
  LiveState live = mesh.read();
  const Plan plan = mesh.plan(live);
  live.clusters.at("c2") = {.name = "c2", .reading = Unreachable{{{.code = Code::unreachable}}}};
  const auto rehearsal = rehearsed(mesh, live, plan);
  ASSERT_FALSE(rehearsal);
  EXPECT_EQ(rehearsal.error().front().code, Code::incomplete);
  EXPECT_EQ(rehearsal.error().front().where, "cluster c2");
}

TEST(Rehearse, a_stop_ends_it) {
  TwoClusters mesh;
  const LiveState live = mesh.read();
  const Plan plan = mesh.plan(live);
  std::stop_source stop;
  stop.request_stop();
  const auto rehearsal = rehearsed(mesh, live, plan, stop.get_token());
  ASSERT_FALSE(rehearsal);
  EXPECT_EQ(rehearsal.error().front().code, Code::cancelled);
}

}  // namespace
}  // namespace mesh::rehearse
