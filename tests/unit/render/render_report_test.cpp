#include "engine/render/render_report.h"

#include <gtest/gtest.h>

#include "engine/render/paint.h"

namespace mesh {
namespace {

Diagnostic refusal() {
  return {.code = Code::rejected,
          .where = "cluster dc1: Service istio-system/istio-eastwestgateway",
          .summary = "request refused",
          .cause = "spec.ports: Invalid value",
          .hint = "change [gateway]"};
}

TEST(RenderReport, all_done) {
  Report report{.snapshot = "0123456789abcdef"};
  report.actions.push_back({.address = {"dc1/network"}, .outcome = Outcome::done, .attempts = 1});
  EXPECT_EQ(render_report(report, Color::off), "Applied: 1 done, 0 failed, 0 skipped.\nSnapshot: 0123456789ab\n");
}

TEST(RenderReport, failures_come_first_with_their_reason) {
  Report report;
  report.actions.push_back({.address = {"dc1/network"}, .outcome = Outcome::done, .attempts = 1});
  report.actions.back().warnings.push_back({.severity = Severity::warning, .summary = "took over", .cause = "a field"});
  report.actions.push_back({.address = {"dc1/gateway"}, .outcome = Outcome::failed, .attempts = 3});
  report.actions.back().error.push_back(refusal());
  report.actions.push_back({.address = {"dc1/expose"}, .outcome = Outcome::skipped});
  report.actions.back().error.push_back({.summary = "not started", .cause = "dc1/gateway failed"});
  report.actions.push_back({.address = {"store/gateway"}, .outcome = Outcome::cancelled, .attempts = 1});
  EXPECT_EQ(render_report(report, Color::off), R"(  failed    dc1/gateway after 3 attempts
      request refused: spec.ports: Invalid value
      at:   cluster dc1: Service istio-system/istio-eastwestgateway
      hint: change [gateway]
  skipped   dc1/expose
      not started: dc1/gateway failed
  cancelled store/gateway
  warning   dc1/network
      took over: a field

Not all applied: 1 done, 1 failed, 1 skipped, 1 cancelled.
)");
}

TEST(RenderReport, nothing) { EXPECT_EQ(render_report({}, Color::off), "Nothing to apply.\n"); }

}  // namespace
}  // namespace mesh
