#include "engine/render/render_check.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

TEST(RenderCheck, groups_by_cluster_and_ends_with_the_numbers) {
  const CheckReport report{
      .mesh = "prod",
      .complete = false,
      .clusters = {{.name = "dc1", .reachable = true}, {.name = "dc2", .reachable = true}},
      .checks = {{.check = {"a", FindingSeverity::error, ""}},
                 {.check = {"b", FindingSeverity::warning, ""}, .skipped = true}},
      .findings = {
          {.id = "a",
           .severity = FindingSeverity::error,
           .cluster = "dc1",
           .peer = "dc2",
           .object = ObjectId{"v1", "Service", "istio-system", "gw"},
           .read = "one\x1b[2J",
           .means = "two",
           .hint = "three"},
          {.id = "r", .severity = FindingSeverity::unknown, .cluster = "dc2", .read = "four", .means = "five"}}};
  EXPECT_EQ(render_check(report, Color::off),
            "dc1\n"
            "  error: a, with dc2\n"
            "      object: Service istio-system/gw\n"
            "      read:   one?[2J\n"
            "      means:  two\n"
            "      do:     three\n"
            "\n"
            "dc2\n"
            "  not known: r\n"
            "      read:   four\n"
            "      means:  five\n"
            "\n"
            "1 error, 1 thing that could not be asked: 1 check in 2 clusters.\n"
            "1 check skipped.\n");
}

TEST(RenderCheck, says_that_nothing_was_found) {
  const CheckReport report{.clusters = {{.name = "dc1", .reachable = true}},
                           .checks = {{.check = {"a", FindingSeverity::error, ""}}}};
  EXPECT_EQ(render_check(report, Color::off), "No findings: 1 check in 1 cluster.\n");
}

TEST(RenderCheck, shows_who_trusts_whom) {
  const CheckReport report{
      .clusters = {{.name = "dc1", .reachable = true}},
      .checks = {{.check = {"a", FindingSeverity::error, ""}}},
      .trust = {.clusters = {{.cluster = "dc1"}}, .groups = {{.ca = CaType::mesh_ca, .clusters = {"dc1"}}}}};
  EXPECT_EQ(render_check(report, Color::off),
            "trust\n"
            "  Mesh CA: dc1\n"
            "\n"
            "No findings: 1 check in 1 cluster.\n");
}

TEST(RenderCheck, one_cause_in_many_clusters_is_cut) {
  CheckReport report{.checks = {{.check = {"a", FindingSeverity::error, ""}}}};
  for (int i = 0; i < 250; ++i) {
    report.findings.push_back(
        {.id = "a", .severity = FindingSeverity::error, .cluster = std::to_string(i), .read = "r"});
  }
  report.findings.push_back({.id = "b", .severity = FindingSeverity::error, .cluster = "last", .read = "r"});
  const std::string text = render_check(report, Color::off);
  EXPECT_NE(text.find("last\n  error: b\n      read:   r\n230 more of a: `--format json` shows all\n\n251 errors"),
            std::string::npos)
      << text;
  EXPECT_EQ(text.find("error: a", text.find("\n19\n") + 20), std::string::npos);
}

TEST(RenderCheck, shows_who_discovers_whom) {
  const CheckReport report{.clusters = {{.name = "dc1", .reachable = true}},
                           .checks = {{.check = {"a", FindingSeverity::error, ""}}},
                           .discovery = {{}}};
  EXPECT_EQ(render_check(report, Color::off),
            "discovery\n"
            "  0 of 0 discoveries of the spec are in effect in every istiod\n"
            "\n"
            "No findings: 1 check in 1 cluster.\n");
}

TEST(RenderCheck, lists_the_catalogue) {
  EXPECT_EQ(render_checks({{"clock-skew", FindingSeverity::warning, "Clocks."}, {"a", FindingSeverity::error, "A."}},
                          Color::off),
            "clock-skew  warning  Clocks.\n"
            "a           error    A.\n");
}

}  // namespace
}  // namespace mesh
