#include "engine/refresh/read_checks.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_provider.h"

namespace mesh {
namespace {

TEST(ReadChecks, asks_the_clusters_that_answered) {
  const std::map<std::string, ClusterSpec> clusters = {
      {"away", {.name = "away"}}, {"here", {.name = "here"}}, {"left-out", {.name = "left-out"}}};
  LiveState live;
  live.clusters["away"] = {.name = "away", .reading = Unreachable{}};
  live.clusters["here"] = {.name = "here"};
  live.clusters["left-out"] = {.name = "left-out", .reading = LeftOut{}};
  testing::FakeProvider provider;
  provider.read_checks_of = [](const ClusterSpec&) { return CheckReading{.latency = std::chrono::milliseconds(7)}; };
  testing::FakeClock clock;
  const auto readings = read_checks(clusters, live, provider, clock, CheckDepth::everything, {}, {});
  ASSERT_EQ(readings.size(), 1u);
  EXPECT_EQ(readings.at("here").latency, std::chrono::milliseconds(7));
}

TEST(ReadChecks, starts_nothing_after_a_stop) {
  const std::map<std::string, ClusterSpec> clusters = {{"here", {.name = "here"}}};
  LiveState live;
  live.clusters["here"] = {.name = "here"};
  testing::FakeProvider provider;
  int asked = 0;
  provider.read_checks_of = [&](const ClusterSpec&) { return ++asked, CheckReading{}; };
  testing::FakeClock clock;
  std::stop_source stop;
  stop.request_stop();
  read_checks(clusters, live, provider, clock, CheckDepth::everything, {}, stop.get_token());
  EXPECT_EQ(asked, 0);
}

}  // namespace
}  // namespace mesh
