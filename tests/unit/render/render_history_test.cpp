#include "engine/render/render_history.h"

#include <gtest/gtest.h>

#include "engine/render/paint.h"

namespace mesh {
namespace {

using namespace std::chrono_literals;

TEST(RenderHistory, table) {
  EXPECT_EQ(render_history({}, Color::off), "No snapshots yet: the first apply makes one.\n");
  const SnapshotInfo one{.commit = "0123456789abcdef0123",
                         .time = "2026-11-22T09:54:00Z",
                         .author = "A B <ab@example.org>",
                         .result = "done",
                         .plan_digest = "p",
                         .spec_digest = "s",
                         .subject = "apply: 3 created"};
  SnapshotInfo two = one;
  two.result = "cancelled";
  two.subject = "destroy: \x1b[31mred";
  EXPECT_EQ(render_history({one, two}, Color::off),
            "COMMIT        TIME                  RESULT     WHAT               BY\n"
            "0123456789ab  2026-11-22T09:54:00Z  done       apply: 3 created   A B <ab@example.org>\n"
            "0123456789ab  2026-11-22T09:54:00Z  cancelled  destroy: ?[31mred  A B <ab@example.org>\n");
}

TEST(RenderHistory, snapshot) {
  Snapshot snapshot;
  snapshot.time = "2026-11-22T09:54:00Z";
  snapshot.result = "done";
  snapshot.spec_digest = "abc";
  snapshot.clusters["dc1"].as_of = snapshot.time;
  snapshot.clusters["dc1"].objects[{"v1", "Service", "istio-system", "istio-eastwestgateway"}] = {};
  snapshot.clusters["dc1"].objects[{"rbac.authorization.k8s.io/v1", "ClusterRole", "", "mesh-reader"}] = {};
  snapshot.clusters["old"].status = ClusterStatus::removed;
  Plan plan;
  plan.actions.push_back({.address = {"dc1/network"}, .operation = Operation::create});
  Report report;
  report.actions.push_back({.address = {"dc1/network"}, .outcome = Outcome::done});
  EXPECT_EQ(render_snapshot("0123", snapshot, plan, report, "", Color::off), R"(snapshot: 0123
time:     2026-11-22T09:54:00Z
result:   done
spec:     abc
plan:     1 to create, 0 to update, 0 to replace, 0 to delete, 0 unchanged
report:   1 done, 0 failed, 0 skipped, 0 cancelled

dc1  reachable, as of 2026-11-22T09:54:00Z
    Service                  istio-system/istio-eastwestgateway
    ClusterRole              mesh-reader

old  removed from the spec, not yet clean
    no objects
)");
}

TEST(RenderHistory, shows_what_a_snapshot_changed_line_by_line) {
  const std::string changes = "diff --git a/spec.toml b/spec.toml\n--- a/spec.toml\n+++ b/spec.toml\n-a\x1b[2J\n+b\n";
  const std::string text = render_snapshot("0123", {}, std::nullopt, std::nullopt, changes, Color::off);
  EXPECT_NE(text.find("--- a/spec.toml\n+++ b/spec.toml\n-a"), std::string::npos) << text;
  EXPECT_EQ(text.find('\x1b'), std::string::npos) << "a line of the diff steers no terminal";
  EXPECT_NE(render_snapshot("0123", {}, std::nullopt, std::nullopt, changes, Color::on).find("\x1b[32m+b"),
            std::string::npos);
}

}  // namespace
}  // namespace mesh
