#include "engine/plan/diff/same_quantity.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

using nlohmann::json;

struct Pair {
  const char* name;
  json left, right;
  bool same;
};

class SameQuantity : public testing::TestWithParam<Pair> {};

TEST_P(SameQuantity, compares_by_value) {
  EXPECT_EQ(same_quantity(GetParam().left, GetParam().right), GetParam().same);
  EXPECT_EQ(same_quantity(GetParam().right, GetParam().left), GetParam().same);
}

INSTANTIATE_TEST_SUITE_P(
    Rows, SameQuantity,
    testing::Values(Pair{"milli", "0.1", "100m", true}, Pair{"whole", "2000m", "2", true},
                    Pair{"binary", "1024Mi", "1Gi", true}, Pair{"bytes", "1073741824", "1Gi", true},
                    Pair{"decimal_is_not_binary", "1G", "1Gi", false}, Pair{"exponent", "1e3", "1k", true},
                    Pair{"capital_exponent", "1E3", "1000", true}, Pair{"exa", "1E", "1000P", true},
                    Pair{"negative_exponent", "5e-3", "5m", true}, Pair{"plus", "+1", "1", true},
                    Pair{"minus", "-1", "1", false}, Pair{"negative_zero", "-0", "0", true},
                    Pair{"fraction_of_binary", "1.5Gi", "1536Mi", true}, Pair{"number", 2, "2", true},
                    Pair{"real_number", 0.5, "500m", true}, Pair{"nano", "1n", "0.000000001", true},
                    Pair{"beyond_doubles", "9007199254740993", "9007199254740992", false},
                    Pair{"beyond_64_bits", "16Ei", "18446744073709551616", true},
                    Pair{"lower_k_is_not_K", "1k", "1K", false}, Pair{"no_quantity", "auto", "auto", true},
                    Pair{"null", nullptr, "0", false}, Pair{"empty", "", "0", false},
                    Pair{"trailing_dot", "1.", "1", true}, Pair{"leading_dot", ".5", "500m", true}),
    [](const auto& row) { return row.param.name; });

TEST(SameQuantityParse, refuses_what_is_none) {
  for (const char* bad : {"", "m", "1Kib", "1 Gi", "--1", "1e", "1e+", "0x1", "1e99999", "."})
    EXPECT_FALSE(parse_quantity(bad).has_value()) << bad;
}

}  // namespace
}  // namespace mesh
