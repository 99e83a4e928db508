#include "providers/simulator/istio/traffic/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/simulator/bed.h"

namespace mesh::simulator {
namespace {

using ::testing::HasSubstr;

const HttpRequest hello{.host = "helloworld.sample", .port = 5000, .path = "/hello"};

/// Which clusters answer twenty requests.
std::map<std::string, int> twenty(const Bed& bed, const std::string& from) {
  const SimulatedClusters clusters = bed.clusters();
  const TrafficModel model(clusters);
  std::map<std::string, int> found;
  for (std::uint64_t n = 0; n < 20; ++n) {
    const HttpOutcome outcome = answer(model, bed.sleep_in(from), hello, n);
    ++found[outcome.cluster.empty() ? std::to_string(outcome.status) + outcome.error : outcome.cluster];
  }
  return found;
}

TEST(Answer, every_cluster_answers_in_turn) {
  const Bed bed;
  const auto found = twenty(bed, "a");
  ASSERT_EQ(found.size(), 3);
  for (const auto& [cluster, count] : found) EXPECT_GE(count, 6) << cluster;
}

TEST(Answer, same_request_same_answer) {
  const Bed bed;
  EXPECT_EQ(twenty(bed, "b"), twenty(bed, "b"));
}

TEST(Answer, hello_says_its_version_and_pod) {
  const Bed bed({"a"});
  const SimulatedClusters clusters = bed.clusters();
  const HttpOutcome outcome = answer(TrafficModel(clusters), bed.sleep_in("a"), hello, 0);
  EXPECT_EQ(outcome.status, 200);
  EXPECT_EQ(outcome.body, "Hello version: v1, instance: hello-a\n");
}

TEST(Answer, a_pod_that_is_not_announced_is_never_tried) {
  Bed bed({"a", "b"});
  bed.objects("a").remove(resource::secrets, "istio-system", "istio-remote-secret-id-b");
  EXPECT_EQ(twenty(bed, "a"), (std::map<std::string, int>{{"a", 20}}));
}

TEST(Answer, a_dead_gateway_is_hidden_by_retries_while_others_answer) {
  Bed bed({"a", "b"});
  bed.objects("b").remove(resource::pods, "istio-system", "gateway-b");
  EXPECT_EQ(twenty(bed, "a"), (std::map<std::string, int>{{"a", 20}}));
}

TEST(Answer, another_root_is_hidden_by_retries_while_others_answer) {
  Bed bed({"a", "b"});
  bed.settings("b").plugged = make_root("other");
  bed.reinstall("b");
  EXPECT_EQ(twenty(bed, "a"), (std::map<std::string, int>{{"a", 20}}));
  EXPECT_EQ(twenty(bed, "b"), (std::map<std::string, int>{{"b", 20}}));
}

TEST(Answer, proxy_says_why_when_nobody_is_left) {
  Bed bed({"a", "b"});
  bed.objects("a").remove(resource::pods, "sample", "hello-a");
  bed.settings("b").plugged = make_root("other");
  bed.reinstall("b");
  const SimulatedClusters clusters = bed.clusters();
  const HttpOutcome outcome = answer(TrafficModel(clusters), bed.sleep_in("a"), hello, 0);
  EXPECT_EQ(outcome.status, 503);
  EXPECT_THAT(outcome.body, HasSubstr("CERTIFICATE_VERIFY_FAILED"));
  EXPECT_EQ(outcome.verdict.broken, Link::roots);
}

TEST(Answer, no_healthy_upstream_without_any_endpoint) {
  Bed bed({"a"});
  bed.objects("a").remove(resource::pods, "sample", "hello-a");
  const SimulatedClusters clusters = bed.clusters();
  EXPECT_EQ(answer(TrafficModel(clusters), bed.sleep_in("a"), hello, 0).body, "no healthy upstream");
}

}  // namespace
}  // namespace mesh::simulator
