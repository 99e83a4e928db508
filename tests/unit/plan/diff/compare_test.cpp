#include "engine/plan/diff/compare.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

using nlohmann::json;

struct Row {
  const char* name;
  const char* desired;
  const char* live;
  bool same;
};

class CompareTest : public ::testing::TestWithParam<Row> {};

const FieldSchemas& schemas() {
  static const FieldSchemas all = {{"Thing",
                                    {.keyed_lists = {{"keyed", {.keys = {"name"}, .defaults = {}}}},
                                     .sets = {"set"},
                                     .atomic = {"map"},
                                     .quantities = {"quantity"},
                                     .immutable = {}}}};
  return all;
}

TEST_P(CompareTest, same_value) {
  const SchemaTrees trees(schemas());
  const json desired = json::parse(GetParam().desired);
  const json live = json::parse(GetParam().live);
  EXPECT_EQ(same_value(trees.of_kind("Thing"), desired, live), GetParam().same);
  EXPECT_EQ(same_value(trees.of_kind("Thing"), live, desired), GetParam().same) << "the other way round";
}

INSTANTIATE_TEST_SUITE_P(
    Rows, CompareTest,
    ::testing::Values(Row{"equal_lists", R"({"list":[1,2]})", R"({"list":[1,2]})", true},
                      Row{"list_in_another_order", R"({"list":[1,2]})", R"({"list":[2,1]})", false},
                      // A rule that another client appended to a ClusterRole gives rights to all readers.
                      Row{"list_with_an_item_appended", R"({"list":[1]})", R"({"list":[1,2]})", false},
                      Row{"keyed_list_in_another_order", R"({"keyed":[{"name":"a"},{"name":"b"}]})",
                          R"({"keyed":[{"name":"b"},{"name":"a"}]})", true},
                      Row{"keyed_list_with_an_item_appended", R"({"keyed":[{"name":"a"}]})",
                          R"({"keyed":[{"name":"a"},{"name":"b"}]})", false},
                      Row{"set_in_another_order", R"({"set":["a","b"]})", R"({"set":["b","a"]})", true},
                      Row{"set_with_an_item_appended", R"({"set":["a"]})", R"({"set":["a","b"]})", false},
                      Row{"map_with_a_key_added", R"({"map":{"a":1}})", R"({"map":{"a":1,"b":2}})", false},
                      Row{"quantity", R"({"quantity":"0.1"})", R"({"quantity":"100m"})", true},
                      Row{"empty_is_absent", R"({"list":[]})", R"({})", true}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh
