#include "engine/render/render_rehearsal.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

ActionReport action(const std::string& address, Outcome outcome, const std::string& cause = {}) {
  ActionReport report;
  report.address = {address};
  report.outcome = outcome;
  if (!cause.empty()) report.error.push_back({.code = Code::forbidden, .cause = cause});
  return report;
}

TEST(RenderRehearsal, of_a_plan_that_works) {
  Rehearsal rehearsal{.clusters = 2};
  rehearsal.report.actions = {action("a/network", Outcome::done), action("a/reader", Outcome::done)};
  rehearsal.paths = {{.from = "a", .to = "a", .before = true, .after = true}, {.from = "a", .to = "b", .after = true}};
  EXPECT_TRUE(succeeded(rehearsal));
  EXPECT_EQ(render_rehearsal(rehearsal, Color::off),
            "Rehearsal on 2 simulated clusters\n"
            "  plan        the same as above\n"
            "  apply       2 done\n"
            "  plan again  nothing to do\n"
            "  paths       1 of 2 before, 2 after, none broke on the way\n");
}

TEST(RenderRehearsal, of_one_that_breaks_things) {
  Rehearsal rehearsal{.clusters = 1, .planned_otherwise = {{"a/gateway"}}, .left = {{"a/expose"}, {"a/gateway"}}};
  rehearsal.report.actions = {action("a/gateway", Outcome::failed, "may not\x1b[2J"),
                              action("a/expose", Outcome::skipped), action("a/x", Outcome::cancelled)};
  rehearsal.paths = {
      {.from = "a",
       .to = "b",
       .before = true,
       .after = true,
       .broke = true,
       .during = {{"b/gateway"}},
       .reason = "no pod"},
      {.from = "b", .to = "a", .before = true, .broke = true, .during = {{"b/gateway"}}, .reason = "no network"},
      {.from = "b", .to = "c", .reason = "no Secret"}};
  EXPECT_FALSE(succeeded(rehearsal));
  EXPECT_EQ(render_rehearsal(rehearsal, Color::off),
            "Rehearsal on 1 simulated cluster\n"
            "  plan        differs in a/gateway\n"
            "  apply       0 done, 1 failed, 1 skipped, 1 cancelled\n"
            "  plan again  still changes a/expose, a/gateway\n"
            "  paths       2 of 3 before, 1 after, 2 broke on the way\n"
            "\n"
            "  failed a/gateway\n"
            "    may not?[2J\n"
            "\n"
            "  Break on the way and work again:\n"
            "    a -> b  during b/gateway\n"
            "      no pod\n"
            "\n"
            "  Worked before and do not any more:\n"
            "    b -> a\n"
            "      no network\n"
            "\n"
            "  Did not work before and do not in the end:\n"
            "    b -> c\n"
            "      no Secret\n");
}

}  // namespace
}  // namespace mesh
