#include "engine/refresh/refresh.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <stdexcept>

#include "tests/support/fake_clock.h"
#include "tests/support/fake_provider.h"
#include "tests/support/few_threads.h"

namespace mesh {
namespace {

std::map<std::string, ClusterSpec> clusters(std::initializer_list<const char*> names) {
  std::map<std::string, ClusterSpec> all;
  for (const char* name : names) all[name].name = name;
  return all;
}

struct Refresh : ::testing::Test {
  testing::FakeProvider provider;
  testing::FakeClock clock;
};

TEST_F(Refresh, reads_each_cluster_once_within_its_budget) {
  std::atomic<int> reads{0};
  provider.read_one = [&](const ClusterSpec& cluster, TimePoint deadline, std::stop_token) {
    ++reads;
    EXPECT_EQ(deadline - clock.now(), std::chrono::seconds(7));
    return ClusterState{.server_version = "v-" + cluster.name};
  };
  const LiveState live = refresh(clusters({"a", "b", "c"}), provider, clock, {std::chrono::seconds(7), 2}, {});
  EXPECT_EQ(reads, 3);
  EXPECT_EQ(live.clusters.at("b").server_version, "v-b");
  EXPECT_EQ(live.clusters.at("b").name, "b");
}

TEST_F(Refresh, reads_all_with_as_many_threads_as_can_be_had) {
  for (const int threads : {0, 1}) {
    const testing::FewThreads few(threads);
    EXPECT_EQ(refresh(clusters({"a", "b", "c"}), provider, clock, {}, {}).clusters.size(), 3U) << threads;
  }
}

/// Every reader waits for the last to begin: only if all begin at once does this end.
TEST_F(Refresh, one_that_hangs_delays_nobody) {
  std::mutex mutex;
  std::condition_variable all_here;
  int here = 0;
  provider.read_one = [&](const ClusterSpec&, TimePoint, std::stop_token) {
    std::unique_lock lock(mutex);
    ++here;
    all_here.notify_all();
    all_here.wait(lock, [&] { return here == 5; });
    return ClusterState{};
  };
  EXPECT_EQ(refresh(clusters({"a", "b", "c", "d", "e"}), provider, clock, {}, {}).clusters.size(), 5U);
}

TEST_F(Refresh, a_throw_is_an_unreachable_cluster) {
  provider.read_one = [](const ClusterSpec& cluster, TimePoint, std::stop_token) {
    if (cluster.name == "b") throw std::runtime_error("odd");
    return ClusterState{};
  };
  const LiveState live = refresh(clusters({"a", "b"}), provider, clock, {}, {});
  EXPECT_FALSE(live.clusters.at("a").unreachable());
  EXPECT_EQ(live.clusters.at("b").unreachable()->front().cause, "odd");
}

TEST_F(Refresh, after_a_stop_nothing_is_read) {
  std::stop_source stop;
  stop.request_stop();
  provider.read_one = [](const ClusterSpec&, TimePoint, std::stop_token) -> ClusterState {
    ADD_FAILURE();
    return {};
  };
  const LiveState live = refresh(clusters({"a"}), provider, clock, {}, stop.get_token());
  EXPECT_EQ(live.clusters.at("a").unreachable()->front().code, Code::cancelled);
}

TEST_F(Refresh, does_something_else_while_clusters_are_waited_for) {
  std::atomic<bool> over{false};
  provider.read_one = [&](const ClusterSpec&, TimePoint, const std::stop_token&) {
    over.wait(false);
    return ClusterState{};
  };
  int times = 0;
  const auto meanwhile = [&] {
    ++times;
    over = true;
    over.notify_all();
  };
  EXPECT_EQ(refresh(clusters({"a", "b"}), provider, clock, {}, {}, meanwhile).clusters.size(), 2U);
  EXPECT_EQ(times, 1);
}

TEST(RefreshScope, asks_nothing_of_a_cluster_that_is_left_out) {
  testing::FakeProvider provider;
  testing::FakeClock clock;
  std::set<std::string> asked;
  provider.read_one = [&](const ClusterSpec& cluster, TimePoint, const std::stop_token&) {
    asked.insert(cluster.name);
    return ClusterState{};
  };
  const LiveState live = refresh(clusters({"a", "b"}), provider, clock, {.parallelism = 1, .left_out = {"b"}}, {});
  EXPECT_EQ(asked, std::set<std::string>{"a"});
  EXPECT_FALSE(live.clusters.at("a").left_out());
  EXPECT_TRUE(live.clusters.at("b").left_out());
}

}  // namespace
}  // namespace mesh
