#include "providers/kubernetes/json_pool.h"

#include <gtest/gtest.h>

namespace mesh::kubernetes {
namespace {

using nlohmann::json;

class JsonPoolParsed : public ::testing::TestWithParam<const char*> {};

TEST_P(JsonPoolParsed, as_the_plain_parser_does) {
  JsonPool pool;
  const auto value = pool.parse(GetParam());
  ASSERT_TRUE(value.has_value());
  const json plain = json::parse(GetParam());
  EXPECT_EQ(**value, plain);
  // Number types count, too.
  EXPECT_EQ((*value)->dump(), plain.dump());
  EXPECT_EQ((*value)->type(), plain.type());
}

INSTANTIATE_TEST_SUITE_P(Table, JsonPoolParsed,
                         ::testing::Values("null", "true", "[false,null,[],{}]", "0", "-1", "9223372036854775807",
                                           "18446744073709551615", "-9223372036854775808", "0.5", "1e3", "\"\"",
                                           R"("a\"\\\n\u20ac\ud83d\ude00")",
                                           R"( { "f:data" : { "." : {}, "k:{\"port\":80}" : [1, "x"] } } )"));

TEST(JsonPool, keeps_one_of_each) {
  JsonPool pool;
  const auto one = pool.parse(R"({"a":1})");
  const auto same = pool.parse(std::string(R"({"a":1})"));
  const auto other = pool.parse(R"({"a":2})");
  ASSERT_TRUE(one && same && other);
  EXPECT_EQ(&**one, &**same);
  EXPECT_NE(&**one, &**other);
}

TEST(JsonPool, knows_what_is_no_json) {
  JsonPool pool;
  for (const char* text : {"", "{", "{\"a\":}", "[1,]", "nul", "\"\xff\"", "1 2", "{\"a\":1e999}"})
    EXPECT_FALSE(pool.parse(text).has_value()) << text;
}

}  // namespace
}  // namespace mesh::kubernetes
