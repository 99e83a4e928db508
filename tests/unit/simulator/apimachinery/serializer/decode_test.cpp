// Bodies that the recorded sequences do not hold: YAML, and what is no object at all.
#include "providers/simulator/apimachinery/serializer/decode.h"

#include <gtest/gtest.h>

#include "providers/simulator/apimachinery/schema/normalize.h"
#include "providers/simulator/apimachinery/schema/schema.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

struct YamlCase {
  const char* name;
  const char* text;
  const char* value;
};
void PrintTo(const YamlCase& row, std::ostream* out) { *out << row.name; }

class DecodeYaml : public testing::TestWithParam<YamlCase> {};
TEST_P(DecodeYaml, reads_as) { EXPECT_EQ(parse_body(GetParam().text, true).value(), json::parse(GetParam().value)); }

INSTANTIATE_TEST_SUITE_P(
    Table, DecodeYaml,
    testing::Values(YamlCase{"numbers", "a: 1\nb: -2\nc: 1.5\nd: 1e3", R"({"a":1,"b":-2,"c":1.5,"d":1000.0})"},
                    YamlCase{"texts", "a: '1'\nb: \"true\"\nc: 1.2.3\nd: 1Gi",
                             R"({"a":"1","b":"true","c":"1.2.3","d":"1Gi"})"},
                    YamlCase{"words", "a: yes\nb: Off\nc: ~\nd:", R"({"a":true,"b":false,"c":null,"d":null})"},
                    YamlCase{"word_as_key", "on: x", R"({"true":"x"})"},
                    YamlCase{"json", R"({"a":[1,{"b":null}]})", R"({"a":[1,{"b":null}]})"},
                    YamlCase{"block_text", "a: |\n  one\n  two\n", R"({"a":"one\ntwo\n"})"},
                    YamlCase{"anchors", "a: &x {b: 1}\nc: *x", R"({"a":{"b":1},"c":{"b":1}})"}),
    [](const auto& row) { return row.param.name; });

TEST(DecodeYamlDepth, has_an_end) {
  std::string deep;
  for (int i = 0; i < 200; ++i) deep += "[";
  EXPECT_FALSE(parse_body(deep + std::string(200, ']'), true).has_value());
}

struct TimeCase {
  const char* name;
  const char* given;
  const char* stored;
  const char* micro;
};
void PrintTo(const TimeCase& row, std::ostream* out) { *out << row.name; }

class DecodeTime : public testing::TestWithParam<TimeCase> {};
TEST_P(DecodeTime, is_stored_in_utc) {
  EXPECT_EQ(stored_time(GetParam().given, false), GetParam().stored);
  EXPECT_EQ(stored_time(GetParam().given, true), GetParam().micro);
}

INSTANTIATE_TEST_SUITE_P(
    Table, DecodeTime,
    testing::Values(
        TimeCase{"whole", "2026-01-31T23:00:05Z", "2026-01-31T23:00:05Z", "2026-01-31T23:00:05.000000Z"},
        TimeCase{"fraction", "2026-01-31T23:00:05.1234567Z", "2026-01-31T23:00:05Z", "2026-01-31T23:00:05.123456Z"},
        TimeCase{"west", "2026-01-31T23:30:05-02:30", "2026-02-01T02:00:05Z", "2026-02-01T02:00:05.000000Z"},
        TimeCase{"east", "2026-01-01T00:30:00+01:00", "2025-12-31T23:30:00Z", "2025-12-31T23:30:00.000000Z"},
        TimeCase{"no_zone", "2026-01-01T00:30:00", "2026-01-01T00:30:00", "2026-01-01T00:30:00"},
        TimeCase{"no_time", "yesterday", "yesterday", "yesterday"}),
    [](const auto& row) { return row.param.name; });

TEST(DecodeUnknownKinds, keep_all_but_metadata_as_it_is) {
  Write write;
  write.group = "example.org";
  write.version = "v1";
  write.kind = "Thing";
  const std::string body =
      R"({"apiVersion":"example.org/v1","kind":"Thing","metadata":{"name":"a","labels":{},"x":1},"any":{"a":null}})";
  const auto decoded = decode_object(write, body, FieldValidation::warn);
  EXPECT_EQ(decoded.value().object,
            json::parse(R"({"apiVersion":"example.org/v1","kind":"Thing","metadata":{"name":"a"},"any":{"a":null}})"));
}

TEST(DecodeSchemas, know_how_lists_are_told_apart) {
  const Schema* service = schema_of("", "v1", "Service");
  ASSERT_NE(service, nullptr);
  const Schema& ports = *service->find("spec")->schema->find("ports")->schema;
  EXPECT_EQ(ports.keys, (std::vector<std::string>{"port", "protocol"}));
  EXPECT_EQ(ports.items->find("protocol")->fallback, "TCP");
  EXPECT_TRUE(service->find("spec")->schema->find("selector")->schema->atomic);
  EXPECT_EQ(schema_of("", "v1", "Nothing"), nullptr);
}

}  // namespace
}  // namespace mesh::simulator
