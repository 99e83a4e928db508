#include "engine/plan/select.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

std::vector<DesiredAction> actions(const std::vector<std::string>& addresses) {
  std::vector<DesiredAction> list;
  for (const std::string& address : addresses) {
    list.emplace_back();
    list.back().address.text = address;
  }
  return list;
}

std::vector<std::string> addresses(const std::vector<const DesiredAction*>& selected) {
  std::vector<std::string> list;
  for (const DesiredAction* action : selected) list.push_back(action->address.text);
  return list;
}

const std::vector<DesiredAction> mesh_of_two = actions({"dc1/network", "dc1/discovery/dc2", "dc2/network"});

TEST(SelectActions, takes_what_only_covers_but_what_exclude_covers) {
  const auto selected = select_actions(mesh_of_two, {"dc1"}, {"**/dc2"});
  ASSERT_TRUE(selected.has_value());
  EXPECT_EQ(addresses(*selected), std::vector<std::string>{"dc1/network"});
}

TEST(SelectActions, takes_all_without_globs) { EXPECT_EQ(select_actions(mesh_of_two, {}, {})->size(), 3U); }

TEST(SelectActions, refuses_every_glob_that_covers_nothing) {
  const auto selected = select_actions(mesh_of_two, {"dc1/netwrok", "dc1"}, {"dc9"});
  ASSERT_FALSE(selected.has_value());
  ASSERT_EQ(selected.error().size(), 2U);
  EXPECT_EQ(selected.error()[0].code, Code::no_such_address);
  EXPECT_EQ(selected.error()[0].hint, "did you mean `dc1/network`?");
  EXPECT_EQ(selected.error()[1].cause, "--exclude `dc9` covers none of 3 actions");
}

TEST(SelectNothingChosen, is_told_where_globs_leave_nothing) {
  const Diagnostics found = nothing_chosen({"c1"}, {"c1/network", "c1"});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].severity, Severity::warning);
  EXPECT_EQ(found[0].cause, "--only `c1` --exclude `c1/network` --exclude `c1`: together they leave no action");
  Plan plan;
  EXPECT_TRUE(nothing_chosen(plan).empty()) << "a mesh without actions";
  plan.exclude = {"c1"};
  EXPECT_EQ(nothing_chosen(plan).size(), 1U);
  plan.actions.emplace_back();
  EXPECT_TRUE(nothing_chosen(plan).empty());
}

}  // namespace
}  // namespace mesh
