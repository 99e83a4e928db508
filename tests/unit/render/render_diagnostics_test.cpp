#include "engine/render/render_diagnostics.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

SourceLine line_is(std::string text) {
  return [text = std::move(text)](const Position&) { return std::optional<std::string>(text); };
}

Diagnostic at(std::size_t line, std::size_t column) {
  return {.code = Code::unknown_field,
          .at = Position{"mesh.toml", line, column},
          .summary = "unknown field",
          .cause = "`replicsa` is not a field of gateway",
          .hint = "did you mean `replicas`?"};
}

TEST(RenderDiagnostics, shows_place_source_caret_cause_and_hint) {
  EXPECT_EQ(render_diagnostics({at(12, 3)}, Color::off, line_is("  replicsa = 3")),
            "mesh.toml:12:3: error[unknown_field]: unknown field\n"
            "   12 |   replicsa = 3\n"
            "      |   ^\n"
            "  cause: `replicsa` is not a field of gateway\n"
            "  hint:  did you mean `replicas`?\n");
}

TEST(RenderDiagnostics, separates_blocks_by_a_blank_line) {
  Diagnostic bare{.code = Code::unreachable, .where = "cluster dc1", .summary = "the API server does not answer"};
  EXPECT_EQ(render_diagnostics({bare, bare}, Color::off),
            "cluster dc1: error[unreachable]: the API server does not answer\n"
            "\n"
            "cluster dc1: error[unreachable]: the API server does not answer\n");
  EXPECT_EQ(render_diagnostics({}, Color::off), "");
}

struct Row {
  std::string name;
  Diagnostic found;
  SourceLine line;
  std::string text;
};

class RenderDiagnosticsEach : public testing::TestWithParam<Row> {};

TEST_P(RenderDiagnosticsEach, text) {
  EXPECT_EQ(render_diagnostics({GetParam().found}, Color::off, GetParam().line), GetParam().text);
}

Diagnostic short_at(std::optional<Position> position, std::string cause = {}) {
  return {.code = Code::wrong_type, .at = std::move(position), .summary = "wrong type", .cause = std::move(cause)};
}

const std::string long_line = std::string(300, 'a') + "X" + std::string(300, 'b');

INSTANTIATE_TEST_SUITE_P(
    table, RenderDiagnosticsEach,
    testing::Values(
        Row{"warning",
            {.code = Code::insecure_tls, .severity = Severity::warning, .summary = "certificates are not checked"},
            {},
            "warning[insecure_tls]: certificates are not checked\n"},
        Row{"whole_file", short_at(Position{"mesh.toml", 0, 0}), line_is("x"),
            "mesh.toml: error[wrong_type]: wrong type\n"},
        Row{"line_not_at_hand", short_at(Position{"a.toml", 2, 1}), {}, "a.toml:2:1: error[wrong_type]: wrong type\n"},
        Row{"where_follows_a_position",
            {.code = Code::wrong_type, .at = Position{"a.toml", 2, 1}, .where = "cluster dc1", .summary = "wrong type"},
            {},
            "a.toml:2:1: cluster dc1: error[wrong_type]: wrong type\n"},
        Row{"tab_keeps_its_width", short_at(Position{"a.toml", 7, 2}), line_is("\tca = 1"),
            "a.toml:7:2: error[wrong_type]: wrong type\n    7 | \tca = 1\n      | \t^\n"},
        Row{"column_counts_bytes", short_at(Position{"a.toml", 7, 6}), line_is("é = ü"),
            "a.toml:7:6: error[wrong_type]: wrong type\n    7 | é = ü\n      |     ^\n"},
        Row{"past_the_end", short_at(Position{"a.toml", 7, 99}), line_is("ab"),
            "a.toml:7:99: error[wrong_type]: wrong type\n    7 | ab\n      |   ^\n"},
        Row{"causes_of_many_lines",
            short_at(std::nullopt, "one\ntwo"),
            {},
            "error[wrong_type]: wrong type\n  cause: one\n         two\n"},
        Row{"no_terminal_control", short_at(Position{"a.toml", 1, 1}, "`\x1b[2J`"), line_is("\x1b[2J"),
            "a.toml:1:1: error[wrong_type]: wrong type\n    1 | ?[2J\n      | ^\n  cause: `?[2J`\n"},
        Row{"no_terminal_control_in_two_bytes",
            short_at(std::nullopt,
                     "a\xC2\x9B"
                     "2Jé"),
            {},
            "error[wrong_type]: wrong type\n  cause: a??2Jé\n"},
        Row{"no_broken_characters", short_at(Position{"a.toml", 1, 3}, "\xFF\xE2\x82"), line_is("\xE9 x"),
            "a.toml:1:3: error[wrong_type]: wrong type\n    1 | ? x\n      |   ^\n  cause: ???\n"},
        Row{"no_password", short_at(Position{"a.toml", 1, 1}), line_is("r = \"https://me:secret@git.example/x\""),
            "a.toml:1:1: error[wrong_type]: wrong type\n    1 | r = \"https://*********@git.example/x\"\n      | ^\n"},
        Row{"no_token", short_at(Position{"a.toml", 1, 1}), line_is("r = \"https://ghp_1@git.example/x\""),
            "a.toml:1:1: error[wrong_type]: wrong type\n    1 | r = \"https://*****@git.example/x\"\n      | ^\n"},
        Row{"account_stays", short_at(Position{"a.toml", 1, 1}), line_is("r = \"ssh://git@git.example/x\""),
            "a.toml:1:1: error[wrong_type]: wrong type\n    1 | r = \"ssh://git@git.example/x\"\n      | ^\n"},
        Row{"long_line_is_cut", short_at(Position{"a.toml", 1, 301}), line_is(long_line),
            "a.toml:1:301: error[wrong_type]: wrong type\n    1 | " + long_line.substr(240, 160) + "\n      | " +
                std::string(60, ' ') + "^\n"}),
    [](const auto& row) { return row.param.name; });

TEST(RenderDiagnostics, colours_nothing_but_its_own_words) {
  const std::string text = render_diagnostics({at(12, 3)}, Color::on, line_is("  replicsa = 3"));
  EXPECT_EQ(text,
            "\x1b[1mmesh.toml:12:3:\x1b[0m \x1b[1;31merror[unknown_field]\x1b[0m: unknown field\n"
            "\x1b[2m   12 |\x1b[0m   replicsa = 3\n"
            "\x1b[2m      |\x1b[0m   \x1b[1;31m^\x1b[0m\n"
            "  cause: `replicsa` is not a field of gateway\n"
            "\x1b[36m  hint:  did you mean `replicas`?\x1b[0m\n");
}

}  // namespace
}  // namespace mesh
