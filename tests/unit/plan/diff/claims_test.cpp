#include "engine/plan/diff/claims.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

using nlohmann::json;

ManagedFields entry(const char* manager, const char* operation, const char* subresource, const char* fields) {
  return {.manager = manager,
          .operation = operation,
          .subresource = subresource,
          .time = std::nullopt,
          .fields = json::parse(fields)};
}

Object object_with(std::vector<ManagedFields> managers) {
  Object object;
  object.managers = std::move(managers);
  return object;
}

TEST(Claims, finds_fields_items_and_set_values) {
  const Object object = object_with({entry("mesh.prod", "Apply", "", R"({"f:spec":{"f:ports":{
      "k:{\"port\":15443,\"protocol\":\"TCP\"}":{".":{},"f:name":{}}}},"f:metadata":{"f:finalizers":{"v:\"x/y\"":{}}}})")});
  const Claims claims = Claims::of(object, "mesh.prod");
  EXPECT_TRUE(claims.at(parse_field_path(R"(spec.ports[port=15443,protocol="TCP"].name)")).ours());
  EXPECT_TRUE(claims.at(parse_field_path(R"(metadata.finalizers[="x/y"])")).ours());
  EXPECT_FALSE(claims.at(parse_field_path(R"(spec.ports[port=15443,protocol="UDP"].name)")).ours());
  EXPECT_FALSE(claims.at(parse_field_path("spec.type")).ours());
}

struct OwnerCase {
  const char* name;
  const char* manager;
  const char* operation;
  const char* subresource;
  bool ours, others;
};

class ClaimsOwner : public testing::TestWithParam<OwnerCase> {};

TEST_P(ClaimsOwner, counts) {
  const OwnerCase& row = GetParam();
  const Object object = object_with({entry(row.manager, row.operation, row.subresource, R"({"f:a":{}})")});
  const Claims claims = Claims::of(object, "mesh.prod").below_field("a");
  EXPECT_EQ(claims.ours(), row.ours);
  EXPECT_EQ(claims.others(), row.others);
}

INSTANTIATE_TEST_SUITE_P(Rows, ClaimsOwner,
                         testing::Values(OwnerCase{"we", "mesh.prod", "Apply", "", true, false},
                                         OwnerCase{"another", "kubectl", "Apply", "", false, true},
                                         OwnerCase{"our_name_by_update", "mesh.prod", "Update", "", false, true},
                                         OwnerCase{"scale", "kubectl", "Update", "scale", false, true},
                                         OwnerCase{"status", "kube-controller-manager", "Update", "status", false,
                                                   false}),
                         [](const auto& row) { return row.param.name; });

TEST(Claims, holds_any_number_of_managers) {
  std::vector<ManagedFields> managers;
  for (int i = 0; i < 9; ++i) managers.push_back(entry("kubectl", "Update", "", R"({"f:a":{"f:b":{}}})"));
  const Object object = object_with(std::move(managers));
  EXPECT_EQ(Claims::of(object, "mesh.prod").below_field("a").below_field("b").other_owners().size(), 9U);
}

TEST(Claims, survives_fields_that_are_no_objects) {
  const Object object = object_with({entry("mesh.prod", "Apply", "", "[]"), entry("x", "Update", "", R"({"f:a":7})")});
  EXPECT_FALSE(Claims::of(object, "mesh.prod").below_field("a").below_field("b").others());
}

TEST(Claims, finds_names_longer_than_the_buffer) {
  const std::string name(300, 'x');
  Object object = object_with({entry("mesh.prod", "Apply", "", "{}")});
  object.managers[0].fields.edit()["f:" + name] = json::object();
  EXPECT_TRUE(Claims::of(object, "mesh.prod").below_field(name).ours());
}

}  // namespace
}  // namespace mesh
