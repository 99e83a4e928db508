#include "engine/base/printable.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

struct PrintableCase {
  const char* name;
  std::string text;
  std::string shown;
};
void PrintTo(const PrintableCase& row, std::ostream* out) { *out << row.name; }

class Printable : public testing::TestWithParam<PrintableCase> {};
TEST_P(Printable, shows) { EXPECT_EQ(printable(GetParam().text), GetParam().shown); }
INSTANTIATE_TEST_SUITE_P(Table, Printable,
                         testing::Values(PrintableCase{"plain", "dc1", "dc1"},
                                         PrintableCase{"utf8", "dc→1 ä", "dc→1 ä"},
                                         PrintableCase{"escape", "a\x1b[31mb", "a?[31mb"},
                                         PrintableCase{"c1_control",
                                                       "a\xc2\x9b"
                                                       "31mb",
                                                       "a??31mb"},
                                         PrintableCase{"not_utf8", "a\xff\xc3", "a??"},
                                         PrintableCase{"cut_character", "a\xe2\x86", "a??"},
                                         PrintableCase{"lines", "a\nb\tc", "a b c"}, PrintableCase{"empty", "", ""}),
                         [](const auto& row) { return row.param.name; });

TEST(PrintableLines, keeps_line_breaks_and_tabs) {
  EXPECT_EQ(printable_lines("a\n\tb\x07"), "a\n\tb?");
  EXPECT_EQ(printable_lines("a\r\n"), "a?\n");
}

}  // namespace
}  // namespace mesh
