#include "providers/istio/checks/label_selector.h"

#include <gtest/gtest.h>

namespace mesh::istio {
namespace {

using nlohmann::json;

struct SelectorCase {
  const char* name;
  const char* selector;
  bool selected;
};

struct LabelSelector : ::testing::TestWithParam<SelectorCase> {};

TEST_P(LabelSelector, selects) {
  const json selector = json::parse(GetParam().selector);
  EXPECT_EQ(selects(&selector, {{"app", "x"}, {"rev", "r"}}), GetParam().selected);
}

INSTANTIATE_TEST_SUITE_P(
    All, LabelSelector,
    ::testing::Values(
        SelectorCase{"empty", "{}", true}, SelectorCase{"null", "null", true},
        SelectorCase{"label", R"({"matchLabels": {"app": "x"}})", true},
        SelectorCase{"other_label", R"({"matchLabels": {"app": "y"}})", false},
        SelectorCase{"in", R"({"matchExpressions": [{"key": "app", "operator": "In", "values": ["y", "x"]}]})", true},
        SelectorCase{"in_absent", R"({"matchExpressions": [{"key": "z", "operator": "In", "values": ["x"]}]})", false},
        SelectorCase{"not_in", R"({"matchExpressions": [{"key": "app", "operator": "NotIn", "values": ["x"]}]})",
                     false},
        SelectorCase{"not_in_absent", R"({"matchExpressions": [{"key": "z", "operator": "NotIn", "values": ["x"]}]})",
                     true},
        SelectorCase{"exists", R"({"matchExpressions": [{"key": "rev", "operator": "Exists"}]})", true},
        SelectorCase{"does_not_exist", R"({"matchExpressions": [{"key": "rev", "operator": "DoesNotExist"}]})", false},
        SelectorCase{"unknown_operator", R"({"matchExpressions": [{"key": "rev", "operator": "Near"}]})", false},
        SelectorCase{"both",
                     R"({"matchLabels": {"app": "x"}, "matchExpressions": [{"key": "z", "operator": "Exists"}]})",
                     false}),
    [](const auto& one) { return std::string(one.param.name); });

TEST(LabelSelectorMap, is_part_of_the_labels) {
  const json map = {{"app", "x"}};
  EXPECT_TRUE(selects_all_of(&map, {{"app", "x"}, {"rev", "r"}}));
  EXPECT_FALSE(selects_all_of(&map, {{"rev", "r"}}));
  EXPECT_TRUE(selects_all_of(nullptr, json::object()));
}

}  // namespace
}  // namespace mesh::istio
