#include "engine/render/value_text.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

struct ValueCase {
  const char* name;
  const char* json;
  std::size_t width;
  const char* text;
};

class ValueText : public ::testing::TestWithParam<ValueCase> {};

TEST_P(ValueText, fits) {
  EXPECT_EQ(value_text(nlohmann::json::parse(GetParam().json), GetParam().width), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ValueText,
    ::testing::Values(ValueCase{"string", R"("1")", 70, R"("1")"}, ValueCase{"number", "1", 70, "1"},
                      ValueCase{"map", R"({"b":[1,"x"],"a":null})", 70, R"({a: null, b: [1, "x"]})"},
                      ValueCase{"long", R"("abcdefghijklmnop")", 10, R"("abcde…op")"},
                      ValueCase{"between_letters", R"("ääääääää")", 10, "\"ää…ä\""},
                      ValueCase{"controls", R"("a\u001b\u009b\u007f")", 70, R"("a\u001b???")"}),
    [](const auto& row) { return row.param.name; });

TEST(ValueTextPair, are_never_cut_to_the_same_words) {
  const std::string head(60, 'a');
  const std::string tail(60, 'z');
  const auto [before, after] = value_texts(head + "1" + tail, head + "2" + tail);
  EXPECT_EQ(before, '"' + head + "1" + tail + '"');
  EXPECT_EQ(after, '"' + head + "2" + tail + '"');
  // Elsewhere the middle may go.
  EXPECT_EQ(value_texts("1" + head + tail, "2" + head + tail).first.find(head + tail), std::string::npos);
}

struct DifferenceCase {
  const char* name;
  const char* before;
  const char* after;
  std::vector<std::string> told;
};

class ValueTextDifferences : public ::testing::TestWithParam<DifferenceCase> {};

TEST_P(ValueTextDifferences, by_place) {
  std::vector<std::string> told;
  for (const Difference& one :
       differences(nlohmann::json::parse(GetParam().before), nlohmann::json::parse(GetParam().after))) {
    const auto side = [](const auto& value) { return value ? value->dump() : "absent"; };
    told.push_back(one.path + ": " + side(one.before) + " -> " + side(one.after));
  }
  EXPECT_EQ(told, GetParam().told);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ValueTextDifferences,
    ::testing::Values(DifferenceCase{"equal", R"([1,{"a":[2]}])", R"([1,{"a":[2]}])", {}},
                      DifferenceCase{"in_a_list", "[1,2,3]", "[1,5,3]", {"[1]: 2 -> 5"}},
                      DifferenceCase{"item_added", "[1]", "[1,2]", {"[1]: absent -> 2"}},
                      DifferenceCase{"item_removed", "[1,2]", "[1]", {"[1]: 2 -> absent"}},
                      DifferenceCase{"first_item_removed", "[1,2]", "[2]", {"[0]: 1 -> 2", "[1]: 2 -> absent"}},
                      DifferenceCase{"map_in_a_list",
                                     R"([{"verbs":["get"],"kept":1}])",
                                     R"([{"verbs":["get","list"],"kept":1}])",
                                     {R"([0].verbs[1]: absent -> "list")"}},
                      DifferenceCase{"list_in_a_list", "[[1],[2]]", "[[1],[3]]", {"[1][0]: 2 -> 3"}},
                      DifferenceCase{"both_sides_of_a_map",
                                     R"({"gone":1,"same":2})",
                                     R"({"new":3,"same":2})",
                                     {".gone: 1 -> absent", ".new: absent -> 3"}},
                      DifferenceCase{"key_with_dots", R"({"a.b/c":1})", R"({"a.b/c":2})", {R"(["a.b/c"]: 1 -> 2)"}},
                      DifferenceCase{"other_structure", R"({"a":[1]})", R"({"a":{"b":1}})", {R"(.a: [1] -> {"b":1})"}},
                      DifferenceCase{"null_is_a_value", R"([null])", R"([1])", {"[0]: null -> 1"}},
                      DifferenceCase{"scalars", "1", "2", {": 1 -> 2"}}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh
