#include "engine/base/json.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

using nlohmann::json;

const json body = json::parse(R"({"metadata":{"labels":{"a/b":"c"},"list":[1]},"text":"x","none":null,"number":7})");

TEST(JsonFindField, walks_fields_alone) {
  EXPECT_EQ(*find_field(body, {"metadata", "labels", "a/b"}), "c");
  EXPECT_EQ(find_field(body, {}), &body);
  EXPECT_EQ(find_field(body, {"metadata", "annotations", "a/b"}), nullptr);
  EXPECT_EQ(find_field(body, {"metadata", "list", "0"}), nullptr);
  EXPECT_EQ(find_field(body, {"text", "x"}), nullptr);
  EXPECT_TRUE(find_field(body, {"none"})->is_null());
}

TEST(JsonMember, takes_a_json_null_for_absent) {
  EXPECT_EQ(*member(&body, "text"), "x");
  EXPECT_EQ(member(&body, "none"), nullptr);
  EXPECT_EQ(member(member(&body, "nowhere"), "text"), nullptr);
}

TEST(JsonTextAt, is_empty_where_there_is_no_string) {
  EXPECT_EQ(text_at(body, "text"), "x");
  EXPECT_EQ(text_at(body, {"metadata", "labels", "a/b"}), "c");
  EXPECT_EQ(text_at(body, "number"), "");
  EXPECT_EQ(text_at(body, "nowhere"), "");
  EXPECT_EQ(text_at(json(7), "text"), "");
}

TEST(JsonListAt, is_empty_where_there_is_no_list) {
  EXPECT_EQ(list_at(body, {"metadata", "list"}).size(), 1);
  EXPECT_TRUE(list_at(body, {"metadata", "labels"}).empty());
  EXPECT_TRUE(list_at(body, {"nowhere"}).is_array());
}

}  // namespace
}  // namespace mesh
