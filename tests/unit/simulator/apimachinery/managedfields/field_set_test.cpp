// Sets of fields: their order, their algebra, their form in managedFields.
#include "providers/simulator/apimachinery/managedfields/field_set.h"

#include <gtest/gtest.h>

#include <random>

namespace mesh::simulator {
namespace {

using nlohmann::json;

FieldSet set_of(const char* text) { return FieldSet::from_json(json::parse(text)).value(); }

TEST(FieldSetForm, survives_a_round_trip) {
  const json form = json::parse(R"({"f:metadata":{"f:labels":{".":{},"f:a":{}}},
    "f:spec":{"f:ports":{".":{},"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:name":{}}},"f:set":{"v:\"x\"":{},"v:1":{}}}})");
  EXPECT_EQ(FieldSet::from_json(form)->to_json(), form);
}

TEST(FieldSetForm, skips_steps_of_an_unknown_kind) {
  EXPECT_EQ(set_of(R"({"x:new":{},"f:a":{}})").to_json(), json::parse(R"({"f:a":{}})"));
}

struct BrokenCase {
  const char* name;
  const char* text;
};
void PrintTo(const BrokenCase& row, std::ostream* out) { *out << row.name; }

class FieldSetBroken : public testing::TestWithParam<BrokenCase> {};
TEST_P(FieldSetBroken, are_none) { EXPECT_FALSE(FieldSet::from_json(json::parse(GetParam().text)).has_value()); }
INSTANTIATE_TEST_SUITE_P(Table, FieldSetBroken,
                         testing::Values(BrokenCase{"no_colon", R"({"spec":{}})"},
                                         BrokenCase{"no_object", R"({"f:a":1})"},
                                         BrokenCase{"bad_key", R"({"k:{":{}})"},
                                         BrokenCase{"key_no_object", R"({"k:1":{}})"},
                                         BrokenCase{"index_no_number", R"({"i:x":{}})"}),
                         [](const auto& row) { return row.param.name; });

TEST(FieldSetOrder, visits_members_before_what_stands_below_and_keys_by_value) {
  std::vector<std::string> seen;
  set_of(R"({"f:b":{},"f:a":{"f:x":{}},"f:c":{".":{},"k:{\"port\":9}":{},"k:{\"port\":10}":{}}})")
      .for_each([&](const Steps& path) { seen.push_back(to_string(path)); });
  EXPECT_EQ(seen, (std::vector<std::string>{".b", ".c", ".a.x", ".c[port=9]", ".c[port=10]"}));
}

TEST(FieldSetTrees, take_all_below_a_member) {
  const FieldSet all = set_of(R"({"f:status":{"f:a":{},"f:b":{".":{},"f:c":{}}},"f:spec":{"f:a":{}}})");
  EXPECT_EQ(all.without_trees(set_of(R"({"f:status":{}})")).to_json(), json::parse(R"({"f:spec":{"f:a":{}}})"));
  EXPECT_EQ(all.without(set_of(R"({"f:status":{}})")).to_json(), all.to_json());
}

FieldSet random_set(std::mt19937& random) {
  FieldSet set;
  for (auto i = random() % 12; i > 0; --i) {
    Steps path;
    for (auto depth = 1 + random() % 3; depth > 0; --depth)
      path.push_back(random() % 3 == 0 ? Step{Step::Kind::key, "", {{"n", random() % 3}}}
                                       : Step::field(std::string(1, static_cast<char>('a' + random() % 3))));
    set.insert(path);
  }
  return set;
}

TEST(FieldSetAlgebra, holds_for_random_sets) {
  const unsigned seed = std::random_device{}();
  SCOPED_TRACE(testing::Message() << "seed " << seed);
  std::mt19937 random(seed);
  for (int i = 0; i < 300; ++i) {
    const FieldSet a = random_set(random);
    const FieldSet b = random_set(random);
    EXPECT_TRUE(a.united(b) == b.united(a));
    EXPECT_TRUE(a.intersected(b) == b.intersected(a));
    EXPECT_TRUE(a.without(b).united(a.intersected(b)) == a);
    EXPECT_TRUE(a.without(b).intersected(b).empty());
    EXPECT_TRUE(FieldSet::from_json(a.to_json()).value() == a || a.empty());
    a.for_each([&](const Steps& path) { EXPECT_TRUE(a.has(path) && a.united(b).has(path)); });
  }
}

}  // namespace
}  // namespace mesh::simulator
