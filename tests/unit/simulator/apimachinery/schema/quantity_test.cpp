// Quantities as the API server stores them; every row was seen on one.
#include "providers/simulator/apimachinery/schema/quantity.h"

#include <gtest/gtest.h>

namespace mesh::simulator {
namespace {

struct QuantityCase {
  const char* name;
  const char* given;
  /// Null: no quantity.
  const char* stored;
};
void PrintTo(const QuantityCase& row, std::ostream* out) { *out << row.name; }

class Quantity : public testing::TestWithParam<QuantityCase> {};

TEST_P(Quantity, is_stored) {
  const auto stored = canonical_quantity(GetParam().given);
  EXPECT_EQ(stored.value_or("none"), GetParam().stored == nullptr ? "none" : GetParam().stored);
}

INSTANTIATE_TEST_SUITE_P(
    Table, Quantity,
    testing::Values(QuantityCase{"tenth", "0.1", "100m"}, QuantityCase{"mebi_to_gibi", "1024Mi", "1Gi"},
                    QuantityCase{"milli_to_whole", "2000m", "2"},
                    QuantityCase{"plain_bytes_stay", "1073741824", "1073741824"},
                    QuantityCase{"odd_milli", "1500m", "1500m"}, QuantityCase{"half_gibi", "0.5Gi", "512Mi"},
                    QuantityCase{"one_and_a_half_gibi", "1.5Gi", "1536Mi"}, QuantityCase{"exponent", "1e3", "1e3"},
                    QuantityCase{"thousand", "1000", "1k"}, QuantityCase{"zero", "0", "0"},
                    QuantityCase{"zero_with_suffix", "0Mi", "0"}, QuantityCase{"negative", "-0.5", "-500m"},
                    QuantityCase{"below_nano", "0.0000000001", "1n"}, QuantityCase{"small_binary", "0.5Ki", "512"},
                    QuantityCase{"large_suffix", "12E", "12E"}, QuantityCase{"word", "abc", nullptr},
                    QuantityCase{"empty", "", nullptr}, QuantityCase{"unknown_suffix", "1Zi", nullptr},
                    QuantityCase{"two_points", "1.2.3", nullptr}),
    [](const auto& row) { return row.param.name; });

struct OrderCase {
  const char* name;
  const char* left;
  const char* right;
  int order;
};
void PrintTo(const OrderCase& row, std::ostream* out) { *out << row.name; }

class QuantityOrder : public testing::TestWithParam<OrderCase> {};

TEST_P(QuantityOrder, is_by_value) {
  const auto sign = [](int number) { return number < 0 ? -1 : number > 0 ? 1 : 0; };
  EXPECT_EQ(sign(compare_quantities(GetParam().left, GetParam().right)), GetParam().order);
  EXPECT_EQ(sign(compare_quantities(GetParam().right, GetParam().left)), -GetParam().order);
}

INSTANTIATE_TEST_SUITE_P(Table, QuantityOrder,
                         testing::Values(OrderCase{"equal_forms", "0.1", "100m", 0}, OrderCase{"units", "1Gi", "1G", 1},
                                         OrderCase{"signs", "-1", "1", -1}, OrderCase{"negatives", "-2", "-1", -1},
                                         OrderCase{"zero", "0", "0m", 0}, OrderCase{"digits", "9", "10", -1}),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh::simulator
