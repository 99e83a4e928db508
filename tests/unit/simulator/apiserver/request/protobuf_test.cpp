#include "providers/simulator/apiserver/request/protobuf.h"

#include <gtest/gtest.h>

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// A field of bytes shorter than 128.
std::string field(int number, const std::string& bytes) {
  return std::string{static_cast<char>(number * 8 + 2), static_cast<char>(bytes.size())} + bytes;
}
std::string number(int field, int value) { return {static_cast<char>(field * 8), static_cast<char>(value)}; }
std::string body(const std::string& version, const std::string& kind, const std::string& raw) {
  return std::string("k8s\0", 4) + field(1, field(1, version) + field(2, kind)) + field(2, raw);
}

TEST(ProtobufTest, reads_a_namespace_as_kubectl_sends_it) {
  const std::string metadata =
      field(1, "t1") + field(2, "") + number(7, 0) + field(8, "") + field(11, field(1, "a") + field(2, "b"));
  const auto found =
      json_of_protobuf(body("v1", "Namespace", field(1, metadata) + field(2, "") + field(3, field(1, ""))));
  ASSERT_TRUE(found);
  EXPECT_EQ(
      *found,
      (json{{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "t1"}, {"labels", {{"a", "b"}}}}}}));
}

TEST(ProtobufTest, reads_bytes_inlined_and_wrapped_values) {
  const auto secret = json_of_protobuf(body("v1", "Secret", field(2, field(1, "k") + field(2, "x"))));
  EXPECT_EQ(secret->at("data"), (json{{"k", "eA=="}}));
  const std::string port = number(3, 80) + field(4, number(1, 1) + field(3, "http"));
  const auto service = json_of_protobuf(body("v1", "Service", field(2, field(1, port))));
  EXPECT_EQ(service->at("spec")["ports"][0], (json{{"port", 80}, {"targetPort", "http"}}));
  const std::string volume = field(1, "v") + field(2, field(2, ""));
  const auto pod = json_of_protobuf(body("v1", "Pod", field(2, field(1, volume))));
  EXPECT_EQ(pod->at("spec")["volumes"][0], (json{{"name", "v"}, {"emptyDir", json::object()}}));
}

TEST(ProtobufTest, keeps_zero_values_behind_pointers) {
  const auto found = json_of_protobuf(body("apps/v1", "Deployment", field(2, number(1, 0) + number(5, 0))));
  EXPECT_EQ(found->at("spec"), (json{{"replicas", 0}}));
}

TEST(ProtobufTest, refuses_what_it_does_not_know) {
  EXPECT_FALSE(json_of_protobuf("{}"));
  EXPECT_FALSE(json_of_protobuf(body("batch/v1", "Job", "")));
  EXPECT_FALSE(json_of_protobuf(body("v1", "Namespace", field(1, "")).substr(0, 20)));
  EXPECT_FALSE(json_of_protobuf(body("v1", "Namespace", std::string("\x0A\x7F", 2))));
}

}  // namespace
}  // namespace mesh::simulator
