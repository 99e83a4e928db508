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
                                         PrintableCase{"right_to_left",
                                                       "a\xe2\x80\xae"
                                                       "b",
                                                       "a???b"},
                                         PrintableCase{"line_separator", "a\xe2\x80\xa8", "a???"},
                                         PrintableCase{"isolate", "\xe2\x81\xa6", "???"},
                                         PrintableCase{"overlong", "\xe0\x80\x8a\xc0\x8a", "?????"},
                                         PrintableCase{"surrogate", "\xed\xa0\x80", "???"},
                                         PrintableCase{"beyond_unicode", "\xf4\x90\x80\x80", "????"},
                                         PrintableCase{"emoji", "\xf0\x9f\x98\x80", "\xf0\x9f\x98\x80"},
                                         PrintableCase{"lines", "a\nb\tc", "a b c"}, PrintableCase{"empty", "", ""}),
                         [](const auto& row) { return row.param.name; });

TEST(PrintableLines, keeps_line_breaks_and_tabs) {
  EXPECT_EQ(printable_lines("a\n\tb\x07"), "a\n\tb?");
  EXPECT_EQ(printable_lines("a\r\n"), "a?\n");
}

TEST(PrintableTerminalText, keeps_lines_and_colours_alone) {
  EXPECT_EQ(terminal_text("\x1b[1;31ma\x1b[0m\n\tb"), "\x1b[1;31ma\x1b[0m\n\tb");
  EXPECT_EQ(terminal_text("\x1b[2A\x1b]0;x\x07\r\x1b"), "?[2A?]0;x???");
  EXPECT_EQ(terminal_text("\xc2\x9b"
                          "31m\xff"),
            "??31m?");
}

TEST(PrintableIncompleteTail, is_what_a_later_byte_completes) {
  EXPECT_EQ(incomplete_tail("abc"), 0U);
  EXPECT_EQ(incomplete_tail("\xe2\x86\x92"), 0U);
  EXPECT_EQ(incomplete_tail("a\xe2\x86"), 2U);
  EXPECT_EQ(incomplete_tail("a\xf0"), 1U);
  EXPECT_EQ(incomplete_tail("a\x1b[1;3"), 5U);
  EXPECT_EQ(incomplete_tail("a\x1b[1;31m"), 0U);
}

TEST(PrintableEscapedJson, says_the_same) {
  EXPECT_EQ(escaped_json("{\"a\": \"ä\xc2\x9b"
                         "1\xe2\x80\xae\x7f\"}"),
            "{\"a\": \"ä\\u009b1\\u202e\\u007f\"}");
  EXPECT_EQ(escaped_json("{}\n"), "{}\n");
}

}  // namespace
}  // namespace mesh
