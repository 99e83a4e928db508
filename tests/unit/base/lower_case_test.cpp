#include "engine/base/lower_case.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

TEST(LowerCase, changes_letters_of_ascii_alone) {
  EXPECT_EQ(lower_case("Content-TYPE: \xC3\x84[Z`"), "content-type: \xC3\x84[z`");
}

}  // namespace
}  // namespace mesh
