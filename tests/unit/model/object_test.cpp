#include "engine/model/object.h"

#include <gtest/gtest.h>

#include "engine/model/live_state.h"

namespace mesh {
namespace {

using nlohmann::json;

json secret_metadata() {
  return json::parse(R"({"apiVersion":"meta.k8s.io/v1","kind":"PartialObjectMetadata","metadata":{
    "name":"istio-remote-secret-b","namespace":"istio-system","uid":"u","resourceVersion":"7",
    "annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"data\":\"SECRET\"}"},
    "managedFields":[{"manager":"mesh.prod","operation":"Apply","apiVersion":"v1","fieldsV1":{"f:data":{}}}]}})");
}

TEST(ObjectId, the_version_is_no_part_of_it) {
  const ObjectId gateway{"networking.istio.io/v1beta1", "Gateway", "ns", "g"};
  EXPECT_EQ(gateway, (ObjectId{"networking.istio.io/v1", "Gateway", "ns", "g"}));
  EXPECT_NE(gateway, (ObjectId{"gateway.networking.k8s.io/v1", "Gateway", "ns", "g"}));
  EXPECT_NE(gateway, (ObjectId{"v1", "Gateway", "ns", "g"}));
  EXPECT_NE(gateway, (ObjectId{"networking.istio.io/v1", "Gateway", "ns", "h"}));
  EXPECT_EQ(gateway.group(), "networking.istio.io");
  EXPECT_EQ((ObjectId{"v1", "Pod", "ns", "p"}).group(), "");
}

TEST(ObjectFromJson, takes_identity_and_ownership_out_of_the_body) {
  const auto object = object_from_json(secret_metadata(), ObjectId{"v1", "Secret", "", ""});
  ASSERT_TRUE(object.has_value());
  EXPECT_EQ(to_string(object->id), "Secret istio-system/istio-remote-secret-b");
  EXPECT_TRUE(object->metadata_only);
  ASSERT_EQ(object->managers.size(), 1U);
  EXPECT_EQ(object->managers[0].time, std::nullopt);
  EXPECT_FALSE(object->body->at("metadata").contains("managedFields"));
}

TEST(ObjectFromJson, drops_the_value_of_a_last_applied_annotation) {
  const auto object = object_from_json(secret_metadata(), ObjectId{"v1", "Secret", "", ""});
  ASSERT_TRUE(object.has_value());
  EXPECT_TRUE(object->has_last_applied);
  EXPECT_EQ(object->body->dump().find("SECRET"), std::string::npos);
}

TEST(ObjectFromJson, refuses_what_is_no_object) {
  for (const char* bad : {"[]", "{}", R"({"kind":"X","metadata":{}})", R"({"metadata":{"name":"x"}})"}) {
    const auto object = object_from_json(json::parse(bad));
    ASSERT_FALSE(object.has_value()) << bad;
    EXPECT_EQ(object.error()[0].code, Code::malformed_answer);
  }
}

TEST(ObjectObserve, never_mixes_up_absent_and_unreadable) {
  ClusterState state;
  state.asked.insert({"v1", "Secret", "ns", ""});
  state.unreadable[{"v1", "Service", "ns", "gw"}] = {};
  EXPECT_TRUE(std::holds_alternative<Absent>(state.observe({"v1", "Secret", "ns", "any"})));
  EXPECT_TRUE(std::holds_alternative<Unreadable>(state.observe({"v1", "Service", "ns", "gw"})));
  EXPECT_TRUE(std::holds_alternative<Unreadable>(state.observe({"v1", "Pod", "ns", "nobody-asked"})));
  state.reading = Unreachable{Diagnostics{}};
  EXPECT_TRUE(std::holds_alternative<Unreadable>(state.observe({"v1", "Secret", "ns", "any"})));
}

}  // namespace
}  // namespace mesh
