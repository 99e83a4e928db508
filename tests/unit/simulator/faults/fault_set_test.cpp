#include "providers/simulator/faults/fault_set.h"

#include <gtest/gtest.h>

#include "tests/support/fake_clock.h"

namespace mesh::simulator {
namespace {

using namespace std::chrono_literals;
using mesh::testing::FakeClock;

RequestFacts list_secrets() { return request_facts("GET", "/api/v1/namespaces/istio-system/secrets?limit=500"); }

/// Which of `times` equal requests are struck, as x and dots.
std::string pattern(FaultSet& faults, const std::string& cluster, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += faults.strike(cluster, list_secrets()).empty() ? '.' : 'x';
  return text;
}

struct Row {
  const char* name;
  Fault fault;
  const char* method;
  const char* uri;
  bool struck;
};

class FaultSetChoice : public ::testing::TestWithParam<Row> {};

TEST_P(FaultSetChoice, of_requests) {
  FakeClock clock;
  FaultSet faults(clock, 1);
  faults.add(GetParam().fault);
  RequestFacts facts = request_facts(GetParam().method, GetParam().uri);
  facts.user_agent = "mesh/0.1.0";
  EXPECT_EQ(!faults.strike("c2", facts).empty(), GetParam().struck);
}

constexpr const char* secret = "/api/v1/namespaces/istio-system/secrets/a";
constexpr const char* deployments = "/apis/apps/v1/namespaces/x/deployments?watch=1";

INSTANTIATE_TEST_SUITE_P(
    rows, FaultSetChoice,
    ::testing::Values(Row{"all", {.kind = FaultKind::down}, "GET", "/version", true},
                      Row{"cluster", {.kind = FaultKind::down, .cluster = "c2"}, "GET", secret, true},
                      Row{"other_cluster", {.kind = FaultKind::down, .cluster = "c1"}, "GET", secret, false},
                      Row{"cluster_glob", {.kind = FaultKind::down, .cluster = "c?"}, "GET", secret, true},
                      Row{"verb", {.kind = FaultKind::error_500, .verb = "get"}, "GET", secret, true},
                      Row{"other_verb", {.kind = FaultKind::error_500, .verb = "list"}, "GET", secret, false},
                      Row{"watch", {.kind = FaultKind::error_500, .verb = "watch"}, "GET", deployments, true},
                      Row{"resource", {.kind = FaultKind::cut, .resource = "secrets"}, "GET", secret, true},
                      Row{"other_resource", {.kind = FaultKind::cut, .resource = "pods"}, "GET", secret, false},
                      Row{"namespace", {.kind = FaultKind::cut, .ns = "istio-system"}, "GET", secret, true},
                      Row{"other_namespace", {.kind = FaultKind::cut, .ns = "x"}, "GET", secret, false},
                      Row{"name", {.kind = FaultKind::cut, .name = "a"}, "GET", secret, true},
                      Row{"other_name", {.kind = FaultKind::cut, .name = "b"}, "GET", secret, false},
                      Row{"agent", {.kind = FaultKind::cut, .user_agent = "mesh/*"}, "GET", secret, true},
                      Row{"other_agent", {.kind = FaultKind::cut, .user_agent = "kubectl/*"}, "GET", secret, false},
                      Row{"admission_of_a_read", {.kind = FaultKind::admission}, "GET", secret, false},
                      Row{"admission_of_a_write", {.kind = FaultKind::admission}, "PATCH", secret, true},
                      Row{"silent_of_a_read", {.kind = FaultKind::silent}, "GET", secret, true},
                      Row{"conflict_of_a_read", {.kind = FaultKind::conflict}, "GET", secret, false},
                      Row{"conflict_of_a_write", {.kind = FaultKind::conflict}, "PUT", secret, true},
                      Row{"of_the_world", {.kind = FaultKind::no_load_balancer}, "GET", secret, false}),
    [](const auto& row) { return row.param.name; });

TEST(FaultSet, skip_and_count_are_of_each_cluster) {
  FakeClock clock;
  FaultSet faults(clock, 1);
  faults.add({.kind = FaultKind::error_500, .skip = 2, .count = 3});
  EXPECT_EQ(pattern(faults, "c1", 8), "..xxx...");
  EXPECT_EQ(pattern(faults, "c2", 8), "..xxx...");
  EXPECT_EQ(faults.list().front().strikes, 6U);
}

TEST(FaultSet, the_same_seed_and_requests_meet_the_same_faults) {
  const auto drawn = [](std::uint64_t seed) {
    FakeClock clock;
    FaultSet faults(clock, seed);
    faults.add({.kind = FaultKind::error_500, .probability = 0.5});
    return pattern(faults, "c1", 64) + pattern(faults, "c2", 64);
  };
  EXPECT_EQ(drawn(7), drawn(7));
  EXPECT_NE(drawn(7), drawn(8));
  const std::string text = drawn(7);
  EXPECT_NE(text.substr(0, 64), text.substr(64));
  const auto struck = std::count(text.begin(), text.end(), 'x');
  EXPECT_GT(struck, 40);
  EXPECT_LT(struck, 88);
}

TEST(FaultSet, requests_of_others_do_not_change_what_a_cluster_meets) {
  FakeClock clock;
  FaultSet alone(clock, 7);
  FaultSet mixed(clock, 7);
  for (FaultSet* faults : {&alone, &mixed}) faults->add({.kind = FaultKind::cut, .probability = 0.5});
  std::string between;
  for (int i = 0; i < 64; ++i) {
    pattern(mixed, "c2", i % 3);
    between += pattern(mixed, "c1", 1);
  }
  EXPECT_EQ(between, pattern(alone, "c1", 64));
}

TEST(FaultSet, begins_and_ends_in_time) {
  FakeClock clock;
  FaultSet faults(clock, 1);
  faults.add({.kind = FaultKind::unauthorized, .after = 5s, .lasts = 10s});
  EXPECT_EQ(pattern(faults, "c1", 1), ".");
  clock.sleep_until(clock.now() + 5s, {});
  EXPECT_EQ(pattern(faults, "c1", 1), "x");
  clock.sleep_until(clock.now() + 9s, {});
  EXPECT_EQ(pattern(faults, "c1", 1), "x");
  clock.sleep_until(clock.now() + 1s, {});
  EXPECT_EQ(pattern(faults, "c1", 1), ".");
}

TEST(FaultSet, ids_are_given_and_kept_apart) {
  FakeClock clock;
  FaultSet faults(clock, 1);
  EXPECT_EQ(faults.add({.id = "f1", .kind = FaultKind::down}), "f1");
  EXPECT_EQ(faults.add({.kind = FaultKind::slow}), "f2");
  EXPECT_EQ(faults.add({.id = "f2", .kind = FaultKind::slow}), std::nullopt);
  EXPECT_FALSE(faults.remove("f3"));
  EXPECT_TRUE(faults.remove("f1"));
  EXPECT_EQ(faults.list().size(), 1U);
  faults.clear();
  EXPECT_TRUE(faults.list().empty());
}

TEST(FaultSet, several_strike_one_request) {
  FakeClock clock;
  FaultSet faults(clock, 1);
  faults.add({.kind = FaultKind::slow});
  faults.add({.kind = FaultKind::error_503});
  const auto struck = faults.strike("c1", list_secrets());
  ASSERT_EQ(struck.size(), 2U);
  EXPECT_EQ(struck[1].kind, FaultKind::error_503);
}

TEST(FaultSet, tells_of_the_world) {
  FakeClock clock;
  FaultSet faults(clock, 1);
  int heard = 0;
  faults.on_change([&] { ++heard; });
  const auto id = faults.add({.kind = FaultKind::no_load_balancer, .cluster = "c1", .name = "istio-*"});
  faults.add({.kind = FaultKind::istiod_ignores_secret, .cluster = "c2"});
  EXPECT_TRUE(faults.strikes(FaultKind::no_load_balancer, "c1", "istio-system", "istio-eastwestgateway"));
  EXPECT_FALSE(faults.strikes(FaultKind::no_load_balancer, "c1", "istio-system", "other"));
  EXPECT_FALSE(faults.strikes(FaultKind::no_load_balancer, "c2", "istio-system", "istio-eastwestgateway"));
  EXPECT_TRUE(faults.strikes(FaultKind::istiod_ignores_secret, "c2", "istio-system", "x"));
  EXPECT_FALSE(faults.strikes(FaultKind::istiod_ignores_secret, "c1", "istio-system", "x"));
  faults.remove(*id);
  EXPECT_FALSE(faults.strikes(FaultKind::no_load_balancer, "c1", "istio-system", "istio-eastwestgateway"));
  EXPECT_EQ(heard, 3);
}

TEST(FaultSet, tells_of_pods_and_addresses) {
  FakeClock clock;
  FaultSet faults(clock, 1);
  faults.add({.kind = FaultKind::pods_not_ready, .cluster = "c1", .name = "istio-*"});
  EXPECT_TRUE(faults.strikes(FaultKind::pods_not_ready, "c1", "istio-system", "istio-eastwestgateway-1"));
  EXPECT_FALSE(faults.strikes(FaultKind::pods_not_ready, "c1", "istio-system", "other"));
  faults.add({.kind = FaultKind::load_balancer_slow, .cluster = "c1", .delay = 3s});
  faults.add({.kind = FaultKind::load_balancer_slow, .cluster = "c1", .delay = 4s});
  EXPECT_EQ(faults.current(FaultKind::load_balancer_slow, "c1")->delay, 4s);
  EXPECT_FALSE(faults.current(FaultKind::load_balancer_slow, "c2"));
  EXPECT_FALSE(faults.current(FaultKind::load_balancer_ip, "c1"));
}

TEST(FaultSet, is_down_only_for_all) {
  FakeClock clock;
  FaultSet faults(clock, 1);
  faults.add({.kind = FaultKind::down, .cluster = "c1", .verb = "list"});
  EXPECT_FALSE(faults.down("c1"));
  faults.add({.kind = FaultKind::down, .cluster = "c1"});
  EXPECT_TRUE(faults.down("c1"));
  EXPECT_FALSE(faults.down("c2"));
}

TEST(FaultSet, knows_when_something_changes_by_itself) {
  FakeClock clock;
  FaultSet faults(clock, 1);
  const TimePoint now = clock.now();
  faults.add({.kind = FaultKind::no_load_balancer});
  EXPECT_EQ(faults.next_change(), std::nullopt);
  faults.add({.kind = FaultKind::no_load_balancer, .after = 5s, .lasts = 10s});
  EXPECT_EQ(faults.next_change(), now + 5s);
  clock.sleep_until(now + 5s, {});
  EXPECT_EQ(faults.next_change(), now + 15s);
  clock.sleep_until(now + 15s, {});
  EXPECT_EQ(faults.next_change(), std::nullopt);
}

TEST(FaultSetGlob, covers) {
  EXPECT_TRUE(covers("*", ""));
  EXPECT_TRUE(covers("a*c", "abbc"));
  EXPECT_TRUE(covers("a*b*c", "abxbc"));
  EXPECT_FALSE(covers("a*c", "abcd"));
  EXPECT_FALSE(covers("?", ""));
  EXPECT_TRUE(covers("c?", "c2"));
  EXPECT_FALSE(covers("c?", "c10"));
  EXPECT_FALSE(covers("", "a"));
}

TEST(FaultSet, silence_covers_what_is_under_way) {
  FakeClock clock;
  FaultSet faults(clock, 1);
  const RequestFacts watch = request_facts("GET", "/api/v1/secrets?watch=1");
  EXPECT_FALSE(faults.silences("c2", watch));
  const auto id = faults.add({.kind = FaultKind::silent, .cluster = "c2", .verb = "watch"});
  EXPECT_TRUE(faults.silences("c2", watch));
  EXPECT_FALSE(faults.silences("c1", watch));
  EXPECT_FALSE(faults.silences("c2", list_secrets()));
  // The cluster answers others.
  EXPECT_FALSE(faults.down("c2"));
  faults.remove(*id);
  EXPECT_FALSE(faults.silences("c2", watch));
  // These choose among requests that come.
  faults.add({.kind = FaultKind::silent, .count = 1});
  faults.add({.kind = FaultKind::silent, .skip = 1});
  faults.add({.kind = FaultKind::silent, .probability = 0.5});
  EXPECT_FALSE(faults.silences("c2", watch));
  faults.add({.kind = FaultKind::silent, .after = 5s, .lasts = 5s});
  EXPECT_FALSE(faults.silences("c2", watch));
  clock.sleep_until(clock.now() + 5s, {});
  EXPECT_TRUE(faults.silences("c2", watch));
  EXPECT_TRUE(faults.down("c2"));
  // What is counted are requests that come.
  EXPECT_EQ(faults.list().front().strikes, 0U);
}

}  // namespace
}  // namespace mesh::simulator
