#include "providers/simulator/apiserver/storage/label_selector.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "providers/simulator/apiserver/storage/field_selector.h"

namespace mesh::testing {
namespace {

using simulator::FieldSelector;
using simulator::LabelSelector;
using simulator::StoredPtr;

StoredPtr object(const nlohmann::json& labels) {
  return simulator::make_stored("pods",
                                {{"apiVersion", "v1"},
                                 {"kind", "Pod"},
                                 {"metadata", {{"name", "p"}, {"namespace", "n"}, {"labels", labels}}},
                                 {"spec", {{"nodeName", "node-1"}}},
                                 {"status", {{"phase", "Running"}}}},
                                7);
}

struct Match {
  const char* selector;
  bool matches;
};

class LabelSelectorMatches : public ::testing::TestWithParam<Match> {};

TEST_P(LabelSelectorMatches, agree) {
  const auto selector = LabelSelector::parse(GetParam().selector);
  ASSERT_TRUE(selector) << selector.error().message;
  EXPECT_EQ(selector->matches(*object({{"env", "prod"}, {"n", "5"}, {"empty", ""}})), GetParam().matches)
      << GetParam().selector;
}

INSTANTIATE_TEST_SUITE_P(all, LabelSelectorMatches,
                         ::testing::Values(Match{"", true}, Match{"env", true}, Match{"!env", false},
                                           Match{"env=prod", true}, Match{"env==prod", true}, Match{"env!=prod", false},
                                           Match{"other!=prod", true}, Match{"env in (prod,test)", true},
                                           Match{"env in (test)", false}, Match{"env notin (test)", true},
                                           Match{"other notin (test)", true}, Match{"env=prod,n=5,!other", true},
                                           Match{"env=prod,other", false}, Match{"empty=", true},
                                           Match{"empty in ()", true}, Match{"env in (,prod)", true},
                                           Match{" env = prod , n ", true}));

class LabelSelectorRefused : public ::testing::TestWithParam<const char*> {};

TEST_P(LabelSelectorRefused, with_400) {
  const auto selector = LabelSelector::parse(GetParam());
  ASSERT_FALSE(selector);
  EXPECT_EQ(selector.error().code, 400);
}

INSTANTIATE_TEST_SUITE_P(all, LabelSelectorRefused,
                         ::testing::Values("a in b", "a=b=c", "!", "a foo b", "(a)", "a,", "a in (b", "a in (b,=)",
                                           "a in (b)c", "a>x", "a=b c", "-a"));

TEST(FieldSelectorTest, match_names_and_the_kinds_own_fields) {
  const StoredPtr pod = object(nlohmann::json::object());
  for (const auto& [text, matches] : std::vector<Match>{
           {"", true},
           {"metadata.name=p", true},
           {"metadata.name!=p", false},
           {"metadata.namespace==n,metadata.name=p", true},
           {"spec.nodeName=node-1,status.phase=Running", true},
           {"status.phase!=Running", false},
           {"spec.restartPolicy=", true},

       }) {
    const auto selector = FieldSelector::parse(text, "pods");
    ASSERT_TRUE(selector) << text;
    EXPECT_EQ(selector->matches(*pod), matches) << text;
  }
}

TEST(FieldSelectorTest, refuse_what_the_kind_has_not) {
  for (const char* text : {"foo=1", "metadata.name", "status.phase=x"}) {
    const auto selector = FieldSelector::parse(text, "configmaps");
    ASSERT_FALSE(selector) << text;
    EXPECT_EQ(selector.error().code, 400);
  }
}

}  // namespace
}  // namespace mesh::testing
