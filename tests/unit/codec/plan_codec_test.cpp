#include "engine/codec/plan_codec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "engine/codec/json_text.h"
#include "tests/unit/codec/sample_plan.h"

namespace mesh {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

TEST(PlanCodec, layout) {
  const std::string bytes = encode_plan(testing::sample_plan());
  EXPECT_THAT(bytes, ::testing::StartsWith("{\n  \"format\": \"mesh.plan/v1\",\n  \"mesh\": \"prod\",\n"));
  EXPECT_THAT(bytes, ::testing::EndsWith("\n}\n"));
  EXPECT_THAT(bytes, HasSubstr("\"path\": \"spec.ports[port=15443,protocol=\\\"TCP\\\"].targetPort\""));
}

TEST(PlanCodec, sensitive_values_are_never_written) {
  Plan plan = testing::sample_plan();
  const ObjectId id{"v1", "Secret", "istio-system", "istio-remote-secret-dc1"};
  const json body = {{"apiVersion", "v1"},
                     {"kind", "Secret"},
                     {"metadata", {{"namespace", id.ns}, {"name", id.name}}},
                     {"data", {{"dc1", "hunter2"}}},
                     {"stringData", "hunter2"}};
  FieldChange field{.path = parse_field_path("data.dc1"), .before = "hunter2", .after = "hunter2", .sensitive = true};
  field.after_present = true;
  plan.actions[0].objects.push_back({id, CreateObject{body}, {field}});
  const std::string bytes = encode_plan(plan);
  EXPECT_THAT(bytes, ::testing::Not(HasSubstr("hunter2")));
  EXPECT_TRUE(decode_plan(bytes, "p.json"));
}

TEST(PlanCodec, a_removal_beside_what_replaces_it_has_an_address_below) {
  Plan plan = testing::sample_plan();
  plan.actions.back().address.text += former_part;
  const auto read = decode_plan(encode_plan(plan), "p.json");
  ASSERT_TRUE(read) << read.error().front().cause;
  EXPECT_EQ(read->actions.back().address, plan.actions.back().address);
}

struct TextCase {
  const char* name;
  std::string bytes;
  Code code;
  std::size_t line;
  std::size_t column;
};

class PlanCodecText : public ::testing::TestWithParam<TextCase> {};

TEST_P(PlanCodecText, is_refused_at_its_place) {
  const Result<Plan> plan = decode_plan(GetParam().bytes, "plan.json");
  ASSERT_FALSE(plan);
  const Diagnostic& first = plan.error().front();
  EXPECT_EQ(to_string(first.code), to_string(GetParam().code)) << first.cause;
  ASSERT_TRUE(first.at);
  EXPECT_EQ(*first.at, (Position{"plan.json", GetParam().line, GetParam().column})) << first.cause;
  EXPECT_FALSE(first.cause.empty());
  EXPECT_FALSE(first.hint.empty());
}

INSTANTIATE_TEST_SUITE_P(
    Table, PlanCodecText,
    ::testing::Values(TextCase{"empty", "", Code::syntax_error, 1, 1},
                      TextCase{"truncated", "{\n  \"format\": \"mesh.pl", Code::syntax_error, 2, 21},
                      TextCase{"trailing", "{}\n}", Code::syntax_error, 2, 1},
                      TextCase{"comma", "{\n  \"a\": 1,\n}", Code::syntax_error, 3, 1},
                      TextCase{"duplicate", "{\n  \"a\": 1,\n  \"a\": 2\n}", Code::duplicate_key, 3, 3},
                      TextCase{"duplicate_escaped", R"({"x\"y":1,"x\"y":2})", Code::duplicate_key, 1, 11},
                      TextCase{"deep", std::string(100000, '['), Code::syntax_error, 1, 201},
                      TextCase{"list", "[]", Code::plan_invalid, 0, 0},
                      TextCase{"other_format", R"({"format":"mesh.report/v1"})", Code::plan_invalid, 0, 0},
                      TextCase{"no_format", "{}", Code::plan_invalid, 0, 0}),
    [](const auto& row) { return row.param.name; });

struct FieldCase {
  const char* name;
  std::function<void(json&)> edit;
  const char* pointer;
  const char* words;
};

class PlanCodecField : public ::testing::TestWithParam<FieldCase> {};

TEST_P(PlanCodecField, is_refused_by_its_pointer) {
  json document = json::parse(encode_plan(testing::sample_plan()));
  GetParam().edit(document);
  const Result<Plan> plan = decode_plan(document.dump(), "plan.json");
  ASSERT_FALSE(plan);
  ASSERT_EQ(plan.error().size(), 1U) << plan.error()[1].cause;
  EXPECT_EQ(plan.error()[0].code, Code::plan_invalid);
  EXPECT_THAT(plan.error()[0].cause, ::testing::StartsWith("`" + std::string(GetParam().pointer) + "` "));
  EXPECT_THAT(plan.error()[0].summary + "|" + plan.error()[0].cause + "|" + plan.error()[0].hint,
              HasSubstr(GetParam().words));
}

INSTANTIATE_TEST_SUITE_P(
    Table, PlanCodecField,
    ::testing::Values(
        FieldCase{"missing", [](json& d) { d.erase("mesh"); }, "/mesh", "is not there"},
        FieldCase{"type", [](json& d) { d["complete"] = "yes"; }, "/complete", "not string"},
        FieldCase{"unknown", [](json& d) { d["actions"][0]["raeson"] = 1; }, "/actions/0/raeson", "`reason`"},
        FieldCase{"escaped", [](json& d) { d["a/b~c"] = 1; }, "/a~1b~0c", "is not a field"},
        FieldCase{"intent", [](json& d) { d["intent"] = "wish"; }, "/intent", "`wish`"},
        FieldCase{"list", [](json& d) { d["actions"][0]["depends_on"] = "x"; }, "/actions/0/depends_on", "a list"},
        FieldCase{"item", [](json& d) { d["actions"][0]["depends_on"] = {1}; }, "/actions/0/depends_on/0", "a string"},
        FieldCase{"operation", [](json& d) { d["actions"][0]["operation"] = "burn"; }, "/actions/0/operation", "burn"},
        FieldCase{"path", [](json& d) { d["actions"][1]["objects"][0]["changes"][0]["path"] = "a[b"; },
                  "/actions/1/objects/0/changes/0/path", "is not a field path"},
        FieldCase{"sensitive", [](json& d) { d["actions"][1]["objects"][0]["changes"][0]["sensitive"] = true; },
                  "/actions/1/objects/0/changes/0", "sensitive"},
        FieldCase{"no_body", [](json& d) { d["actions"][0]["objects"][0]["desired"] = nullptr; },
                  "/actions/0/objects/0/desired", "must not be null"},
        FieldCase{"no_ground", [](json& d) { d["actions"][1]["objects"][0]["ground"] = nullptr; },
                  "/actions/1/objects/0/ground", "must not be null"},
        FieldCase{"force_on_create", [](json& d) { d["actions"][0]["objects"][0]["force"] = true; },
                  "/actions/0/objects/0", "only updates"},
        FieldCase{"other_body", [](json& d) { d["actions"][0]["objects"][0]["desired"]["metadata"]["name"] = "evil"; },
                  "/actions/0/objects/0/desired", "evil"},
        FieldCase{"address", [](json& d) { d["actions"][1]["address"] = "dc1/gateway"; }, "/actions/1/address",
                  "dc1/expose"},
        FieldCase{"unknown_need", [](json& d) { d["actions"][0]["depends_on"] = {"dc1/gateway"}; },
                  "/actions/0/depends_on", "no earlier action"},
        FieldCase{"summary", [](json& d) { d["summary"]["create"] = 7; }, "/summary", "something else"},
        FieldCase{"negative", [](json& d) { d["summary"]["create"] = -1; }, "/summary/create", "from 0 on"},
        FieldCase{"code", [](json& d) { d["diagnostics"][0]["code"] = "bad_luck"; }, "/diagnostics/0/code", "bad_luck"},
        FieldCase{"position",
                  [](json& d) {
                    d["diagnostics"][0]["at"] = json::object({{"file", "x"}, {"line", 1}});
                  },
                  "/diagnostics/0/at/column", "is not there"}),
    [](const auto& row) { return row.param.name; });

TEST(PlanCodec, every_problem_is_told_in_one_run) {
  json document = json::parse(encode_plan(testing::sample_plan()));
  document.erase("mesh");
  document["intent"] = 1;
  document["actions"][0].erase("kind");
  document["actions"][1]["extra"] = 1;
  const Result<Plan> plan = decode_plan(document.dump(), "plan.json");
  ASSERT_FALSE(plan);
  EXPECT_EQ(plan.error().size(), 4U);
}

}  // namespace
}  // namespace mesh
