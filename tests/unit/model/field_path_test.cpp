#include "engine/model/field_path.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

using nlohmann::json;

TEST(FieldPathText, is_what_the_api_server_writes) {
  const FieldPath path{FieldName{"spec"}, FieldName{"ports"}, ListKey{{{"port", 15443}, {"protocol", "TCP"}}},
                       FieldName{"targetPort"}};
  EXPECT_EQ(to_string(path), R"(spec.ports[port=15443,protocol="TCP"].targetPort)");
}

class FieldPathRoundTrip : public testing::TestWithParam<const char*> {};

TEST_P(FieldPathRoundTrip, text_to_path_and_back) { EXPECT_EQ(to_string(parse_field_path(GetParam())), GetParam()); }

INSTANTIATE_TEST_SUITE_P(Rows, FieldPathRoundTrip,
                         testing::Values(R"(spec.ports[port=15443,protocol="TCP"].targetPort)",
                                         R"(metadata.labels["topology.istio.io/network"])",
                                         R"(metadata.finalizers[="a.b/c"])", R"(["a\"]b"].c)",
                                         R"(spec.containers[name="x,]y"].image)"));

TEST(FieldPathParse, gives_nothing_for_what_is_no_path) {
  for (const char* bad : {"a..b", "a[", "a[b", "a[b=", "a[=x]", "a[\"b]", "."})
    EXPECT_TRUE(parse_field_path(bad).empty()) << bad;
}

TEST(FieldPathFindValue, walks_fields_keys_and_set_values) {
  const json body = json::parse(R"({"spec":{"ports":[{"port":1,"name":"a"},{"port":2,"name":"b"}]},"set":["x","y"]})");
  EXPECT_EQ(*find_value(body, parse_field_path("spec.ports[port=2].name")), "b");
  EXPECT_EQ(*find_value(body, parse_field_path("set[=\"y\"]")), "y");
  EXPECT_EQ(find_value(body, parse_field_path("spec.ports[port=3].name")), nullptr);
  EXPECT_EQ(find_value(body, parse_field_path("spec.ports.name")), nullptr);
}

}  // namespace
}  // namespace mesh
