#include "engine/model/ground.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

using nlohmann::json;

Object service() {
  Object object;
  object.uid = "u";
  object.resource_version = "7";
  object.body = json::parse(R"({"kind":"Service","metadata":{"name":"a","generation":1,"labels":{"x":"y"}},
                                "spec":{"type":"LoadBalancer"},"status":{"loadBalancer":{}}})");
  object.managers = {{"mesh.prod", "Apply", "", "2026-11-01T00:00:00Z", json::parse(R"({"f:spec":{"f:type":{}}})")},
                     {"cloud", "Update", "status", "2026-11-02T00:00:00Z", json::parse(R"({"f:status":{}})")}};
  return object;
}

struct Edit {
  const char* name;
  void (*edit)(Object&);
  bool moves;
};

class GroundMoves : public testing::TestWithParam<Edit> {};

TEST_P(GroundMoves, with_what_matters) {
  Object changed = service();
  GetParam().edit(changed);
  EXPECT_EQ(ground_of(service()).digest != ground_of(changed).digest, GetParam().moves);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, GroundMoves,
    testing::Values(Edit{"nothing", [](Object&) {}, false},
                    Edit{"status", [](Object& o) { o.body.edit()["status"]["x"] = 1; }, false},
                    Edit{"version", [](Object& o) { o.resource_version = "8"; }, false},
                    Edit{"generation", [](Object& o) { o.body.edit()["metadata"]["generation"] = 2; }, false},
                    Edit{"time", [](Object& o) { o.managers[0].time = "2026-12-01T00:00:00Z"; }, false},
                    Edit{"order_of_entries", [](Object& o) { std::swap(o.managers[0], o.managers[1]); }, false},
                    Edit{"heartbeat", [](Object& o) { o.managers[1].fields.edit()["f:x"] = json::object(); }, false},
                    Edit{"value", [](Object& o) { o.body.edit()["spec"]["type"] = "NodePort"; }, true},
                    Edit{"label", [](Object& o) { o.body.edit()["metadata"]["labels"]["x"] = "z"; }, true},
                    Edit{"ownership", [](Object& o) { o.managers[0].fields.edit()["f:x"] = json::object(); }, true},
                    Edit{"manager", [](Object& o) { o.managers[0].manager = "kubectl"; }, true}),
    [](const auto& row) { return row.param.name; });

TEST(Ground, is_not_moved_by_the_controllers_of_kubernetes) {
  Object before = service();
  before.id.kind = "Deployment";
  Object after = before;
  after.body.edit()["metadata"]["annotations"]["deployment.kubernetes.io/revision"] = "1";
  after.body.edit()["spec"]["replicas"] = 2;
  after.managers.push_back(
      {"kube-controller-manager", "Update", "", "2026-11-03T00:00:00Z",
       json::parse(R"({"f:metadata":{"f:annotations":{".":{},"f:deployment.kubernetes.io/revision":{}}}})")});
  EXPECT_EQ(ground_of(before).digest, ground_of(after).digest);
  after.body.edit()["metadata"]["annotations"]["team"] = "net";
  EXPECT_NE(ground_of(before).digest, ground_of(after).digest);
}

TEST(GroundNewestWriter, is_the_latest_that_wrote_more_than_status) {
  Object object = service();
  object.managers.push_back({"kubectl-edit", "Update", "", "2026-11-01T00:00:01Z", json::object()});
  object.managers.push_back({"timeless", "Update", "", std::nullopt, json::object()});
  ASSERT_TRUE(newest_writer(object, "mesh.prod").has_value());
  EXPECT_EQ(newest_writer(object, "mesh.prod")->manager, "kubectl-edit");
  EXPECT_FALSE(newest_writer(Object{}, "mesh.prod").has_value());
  EXPECT_EQ(by_whom(object, "mesh.prod"), ", last written by kubectl-edit at 2026-11-01T00:00:01Z");
  EXPECT_EQ(by_whom(Object{}, "mesh.prod"), "");
}

}  // namespace
}  // namespace mesh
