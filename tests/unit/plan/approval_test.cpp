#include "engine/plan/approval.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

namespace mesh {
namespace {

using nlohmann::json;

Plan plan_of(const std::function<void(ObjectChange&)>& edit = {}) {
  ObjectChange change{.id = {"v1", "Service", "ns", "gateway"},
                      .what = UpdateObject{.body = {{"spec", {{"type", "LoadBalancer"}}}},
                                           .ground = {.uid = "u", .resource_version = "1", .digest = "d"}}};
  change.fields.push_back(
      {.path = {FieldName{"spec"}, FieldName{"type"}},
       .before = "NodePort",
       .after = "LoadBalancer",
       .owned_by = {{.manager = "kubectl", .operation = "Update", .time = "2026-01-01T00:00:00Z"}}});
  if (edit) edit(change);
  Plan plan{.mesh = "m"};
  plan.actions = {{.address = {"a/gateway"}, .cluster = "a", .operation = Operation::update, .objects = {change}}};
  return plan;
}

TEST(ApprovalDigest, is_of_what_is_done_not_of_when) {
  const std::string digest = plan_digest(plan_of());
  EXPECT_EQ(digest.size(), 64u);
  EXPECT_EQ(digest, plan_digest(plan_of([](ObjectChange& change) {
              auto& update = std::get<UpdateObject>(change.what);
              update.ground.resource_version = "2";
              update.ground.digest = "other";
              change.fields[0].owned_by[0].time = "2026-02-02T00:00:00Z";
            })));
  Plan later = plan_of();
  later.actions.push_back({.address = {"a/network"}, .operation = Operation::unchanged});
  EXPECT_EQ(digest, plan_digest(later));
}

TEST(ApprovalDigest, changes_with_each_part_of_what_is_done) {
  const std::vector<std::function<void(ObjectChange&)>> edits = {
      [](ObjectChange& change) { std::get<UpdateObject>(change.what).body["spec"]["type"] = "ClusterIP"; },
      [](ObjectChange& change) { std::get<UpdateObject>(change.what).force = true; },
      [](ObjectChange& change) { std::get<UpdateObject>(change.what).ground.uid = "another"; },
      [](ObjectChange& change) {
        std::get<UpdateObject>(change.what).foreign_fields.push_back({.path = {FieldName{"spec"}}});
      },
      [](ObjectChange& change) { change.fields[0].before = "ClusterIP"; },
      [](ObjectChange& change) { change.fields[0].owned_by[0].manager = "helm"; },
      [](ObjectChange& change) { change.id.name = "other"; },
      [](ObjectChange& change) { change.what = DeleteObject{{.uid = "u"}}; },
  };
  for (std::size_t i = 0; i < edits.size(); ++i) EXPECT_NE(plan_digest(plan_of()), plan_digest(plan_of(edits[i]))) << i;
  Plan elsewhere = plan_of();
  elsewhere.clusters = {{.name = "a", .uids = {{"kube-system", "another"}}}};
  EXPECT_NE(plan_digest(plan_of()), plan_digest(elsewhere));
  Plan cut = plan_of();
  cut.actions[0].interrupts = {"a -> b"};
  EXPECT_NE(plan_digest(plan_of()), plan_digest(cut));
  Plan reordered = plan_of();
  reordered.actions[0].depends_on = {{"a/network"}};
  EXPECT_NE(plan_digest(plan_of()), plan_digest(reordered));
  Plan destroy = plan_of();
  destroy.intent = Intent::destroy;
  EXPECT_NE(plan_digest(plan_of()), plan_digest(destroy));
}

}  // namespace
}  // namespace mesh
