#include "engine/base/shared.h"

#include <gtest/gtest.h>

#include <string>

namespace mesh {
namespace {

TEST(Shared, copies_are_one_until_one_is_edited) {
  Shared<std::string> one = std::string("a");
  const Shared<std::string> other = one;
  EXPECT_EQ(&*one, &*other);
  one.edit() += "b";
  EXPECT_EQ(*one, "ab");
  EXPECT_EQ(*other, "a");
  const std::string* own = &*one;
  one.edit() += "c";
  EXPECT_EQ(&*one, own);
}

TEST(Shared, is_never_empty) {
  Shared<std::string> one;
  const Shared<std::string> other;
  EXPECT_EQ(*one, "");
  one.edit() = "a";
  EXPECT_EQ(*other, "");
}

TEST(Shared, equal_are_equal_values) {
  const Shared<std::string> one = std::string("a");
  EXPECT_EQ(one, Shared<std::string>(std::string("a")));
  EXPECT_NE(one, Shared<std::string>(std::string("b")));
}

}  // namespace
}  // namespace mesh
