#include "engine/model/address.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

struct GlobCase {
  const char* name;
  const char* glob;
  const char* address;
  bool covered;
};

class AddressGlob : public testing::TestWithParam<GlobCase> {};

TEST_P(AddressGlob, covers) { EXPECT_EQ(covers(GetParam().glob, Address{GetParam().address}), GetParam().covered); }

INSTANTIATE_TEST_SUITE_P(Rows, AddressGlob,
                         testing::Values(GlobCase{"whole", "dc1/gateway", "dc1/gateway", true},
                                         GlobCase{"leading_part", "dc1", "dc1/discovery/store", true},
                                         GlobCase{"half_a_name", "dc", "dc1/gateway", false},
                                         GlobCase{"star_in_a_part", "*/gateway", "dc1/gateway", true},
                                         GlobCase{"star_stays_in_its_part", "*/store", "dc1/discovery/store", false},
                                         GlobCase{"two_stars", "**/store", "dc1/discovery/store", true},
                                         GlobCase{"two_stars_stand_for_nothing", "dc1**/gateway", "dc1/gateway", true},
                                         GlobCase{"two_stars_at_the_end", "dc1/**", "dc1/discovery/store", true},
                                         GlobCase{"one_star_beside_two", "*/**/store", "dc1/store", false},
                                         GlobCase{"one_of_two", "dc[12]", "dc2/network", true},
                                         GlobCase{"question_mark", "dc?/network", "dc2/network", true},
                                         GlobCase{"question_mark_is_no_slash", "dc1?gateway", "dc1/gateway", false},
                                         GlobCase{"longer_than_the_address", "dc1/gateway/x", "dc1/gateway", false}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh
