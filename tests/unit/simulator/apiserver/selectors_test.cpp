#include "providers/simulator/apiserver/storage/selectors.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

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

class LabelMatches : public ::testing::TestWithParam<Match> {};

TEST_P(LabelMatches, agree) {
  const auto selector = LabelSelector::parse(GetParam().selector);
  ASSERT_TRUE(selector) << selector.error().message;
  EXPECT_EQ(selector->matches(*object({{"env", "prod"}, {"n", "5"}, {"empty", ""}})), GetParam().matches)
      << GetParam().selector;
}

INSTANTIATE_TEST_SUITE_P(
    all, LabelMatches,
    ::testing::Values(Match{"", true}, Match{"env", true}, Match{"!env", false}, Match{"env=prod", true},
                      Match{"env==prod", true}, Match{"env!=prod", false}, Match{"other!=prod", true},
                      Match{"env in (prod,test)", true}, Match{"env in (test)", false}, Match{"env notin (test)", true},
                      Match{"other notin (test)", true}, Match{"n>4", true}, Match{"n<5", false}, Match{"env>4", false},
                      Match{"env=prod,n=5,!other", true}, Match{"env=prod,other", false}, Match{"empty=", true},
                      Match{"empty in ()", true}, Match{"env in (,prod)", true}, Match{" env = prod , n ", true}));

struct Refused {
  const char* selector;
  const char* message;
};

class LabelRefused : public ::testing::TestWithParam<Refused> {};

TEST_P(LabelRefused, says_why) {
  const auto selector = LabelSelector::parse(GetParam().selector);
  ASSERT_FALSE(selector);
  EXPECT_EQ(selector.error().code, 400);
  EXPECT_EQ(selector.error().message, GetParam().message);
}

// As a real API server answers.
INSTANTIATE_TEST_SUITE_P(
    all, LabelRefused,
    ::testing::Values(Refused{"a in b", "unable to parse requirement: found 'b' expected: '('"},
                      Refused{"a=b=c", "found '=', expected: ',' or 'end of string'"},
                      Refused{"!", "unable to parse requirement: found '', expected: identifier"},
                      Refused{"a foo b",
                              "unable to parse requirement: found 'foo', expected: in, notin, =, ==, !=, gt, lt"},
                      Refused{"(a)", "found '(', expected: !, identifier, or 'end of string'"},
                      Refused{"a,", "found '', expected: identifier after ','"},
                      Refused{"a in (b", "unable to parse requirement: found '', expected: ',' or ')'"},
                      Refused{"a in (b,=)", "unable to parse requirement: found '=', expected: ',', or identifier"},
                      Refused{"a in (b)c", "found 'c', expected: ',' or 'end of string'"},
                      Refused{"a>x",
                              "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' "
                              "operators, the value must be an integer"},
                      Refused{"a>=1", "unable to parse requirement: found '=', expected: identifier"}));

TEST(FieldSelectors, match_names_and_the_kinds_own_fields) {
  const StoredPtr pod = object(nlohmann::json::object());
  for (const auto& [text, matches] : std::vector<Match>{{"", true},
                                                        {"metadata.name=p", true},
                                                        {"metadata.name!=p", false},
                                                        {"metadata.namespace==n,metadata.name=p", true},
                                                        {"spec.nodeName=node-1,status.phase=Running", true},
                                                        {"status.phase!=Running", false},
                                                        {"spec.restartPolicy=", true},
                                                        {"metadata.name=a\\,b", false},
                                                        {"=", true}}) {
    const auto selector = FieldSelector::parse(text, "pods");
    ASSERT_TRUE(selector) << text;
    EXPECT_EQ(selector->matches(*pod), matches) << text;
  }
}

TEST(FieldSelectors, refuse_what_the_kind_has_not) {
  const auto message = [](const char* text, const char* resource, bool custom = false) {
    const auto selector = FieldSelector::parse(text, resource, custom);
    return selector ? std::string("none") : selector.error().message;
  };
  const std::string only = "\"foo\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"";
  EXPECT_EQ(message("foo=1", "configmaps"), only);
  EXPECT_EQ(message("foo=1", "replicasets.apps"), only);
  EXPECT_EQ(message("foo=1", "pods"), "field label not supported: foo");
  EXPECT_EQ(message("foo=1", "gateways.networking.istio.io", true), "field label not supported: foo");
  EXPECT_EQ(message("metadata.name", "pods"), "invalid selector: 'metadata.name'; can't understand 'metadata.name'");
  EXPECT_EQ(message("metadata.name=a=b", "pods"), "invalid field selector: unescaped character in value: 61");
  EXPECT_EQ(message("metadata.name=a\\xb", "pods"), "invalid field selector: invalid escape sequence: \\x");
}

}  // namespace
}  // namespace mesh::testing
