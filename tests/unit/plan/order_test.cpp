#include "engine/plan/order.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

using Numbers = std::vector<std::size_t>;

TEST(Order, puts_needs_first_and_breaks_ties_by_name) {
  // d needs nothing but is late by name; a needs c.
  const auto ordered = order({"d", "a", "c", "b"}, {{}, {2}, {}, {}});
  ASSERT_TRUE(ordered.has_value());
  EXPECT_EQ(*ordered, (Numbers{3, 2, 1, 0}));
}

TEST(Order, is_empty_for_nothing) { EXPECT_EQ(order({}, {}).value(), Numbers{}); }

TEST(Order, names_the_members_of_a_circle) {
  const auto ordered = order({"x", "y", "free"}, {{1}, {0}, {}});
  ASSERT_FALSE(ordered.has_value());
  EXPECT_EQ(ordered.error().front().code, Code::internal);
  EXPECT_EQ(ordered.error().front().cause, "no order exists for x, y");
}

TEST(Order, finds_a_node_that_needs_itself) { EXPECT_FALSE(order({"x"}, {{0}}).has_value()); }

}  // namespace
}  // namespace mesh
