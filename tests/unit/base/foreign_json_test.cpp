#include "engine/base/foreign_json.h"

#include <gtest/gtest.h>

#include <string>

namespace mesh {
namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

TEST(ForeignJson, takes_what_kubernetes_sends) {
  const auto value = parse_foreign_json(R"({"a":[1,{"b":"[[[["}]})");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->at("a")[1].at("b"), "[[[[");
}

TEST(ForeignJson, depth_is_limited_before_anything_is_built) {
  EXPECT_TRUE(parse_foreign_json(nested(128)));
  EXPECT_EQ(parse_foreign_json(nested(129)).error(), "JSON nested deeper than 128");
  EXPECT_EQ(parse_foreign_json(std::string(300'000, '[')).error(), "JSON nested deeper than 128");
  EXPECT_EQ(parse_foreign_json(nested(4), {.depth = 3}).error(), "JSON nested deeper than 3");
}

TEST(ForeignJson, brackets_in_strings_are_text) {
  const std::string text = R"(["\"[", ")" + std::string(1000, '{') + R"(", "\\"])";
  EXPECT_TRUE(parse_foreign_json(text));
}

TEST(ForeignJson, size_is_limited) {
  EXPECT_EQ(parse_foreign_json("[1, 2]", {.bytes = 5}).error(), "6 bytes, more than 5");
}

TEST(ForeignJson, says_what_is_not_json) {
  EXPECT_EQ(parse_foreign_json("<html>").error(), "6 bytes that are not JSON");
  EXPECT_EQ(parse_foreign_json("").error(), "0 bytes that are not JSON");
  EXPECT_EQ(parse_foreign_json("\"\\").error(), "2 bytes that are not JSON");
  EXPECT_TRUE(foreign_json_or_discarded("]").is_discarded());
}

}  // namespace
}  // namespace mesh
