#include "providers/simulator/istio/traffic/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/simulator/pods/curl.h"
#include "providers/simulator/pods/debug_pages.h"
#include "tests/unit/simulator/world/bed.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

const HttpRequest hello{.host = "helloworld.sample", .port = 5000, .path = "/hello"};

Caller sleep_in(const Bed& bed, const std::string& cluster) {
  return {cluster, "sample", const_cast<Bed&>(bed).objects(cluster).get(resource::pods, "sample", "sleep-" + cluster)};
}

/// Which clusters answer twenty requests.
std::map<std::string, int> twenty(const Bed& bed, const std::string& from) {
  const SimulatedClusters clusters = bed.clusters();
  const TrafficModel model(clusters);
  std::map<std::string, int> found;
  for (std::uint64_t n = 0; n < 20; ++n) {
    const HttpOutcome outcome = answer(model, sleep_in(bed, from), hello, n);
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
  const HttpOutcome outcome = answer(TrafficModel(clusters), sleep_in(bed, "a"), hello, 0);
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

TEST(Answer, proxy_says_why_when_nobody_is_left) {
  Bed bed({"a", "b"});
  bed.objects("a").remove(resource::pods, "sample", "hello-a");
  bed.settings("b").plugged = make_root("other");
  bed.reinstall("b");
  const SimulatedClusters clusters = bed.clusters();
  const HttpOutcome outcome = answer(TrafficModel(clusters), sleep_in(bed, "a"), hello, 0);
  EXPECT_EQ(outcome.status, 503);
  EXPECT_THAT(outcome.body, HasSubstr("CERTIFICATE_VERIFY_FAILED"));
  EXPECT_EQ(outcome.verdict.broken, Link::roots);
}

TEST(Answer, no_healthy_upstream_without_any_endpoint) {
  Bed bed({"a"});
  bed.objects("a").remove(resource::pods, "sample", "hello-a");
  const SimulatedClusters clusters = bed.clusters();
  EXPECT_EQ(answer(TrafficModel(clusters), sleep_in(bed, "a"), hello, 0).body, "no healthy upstream");
}

ExecResult curl(const Bed& bed, const std::string& from, const std::vector<std::string>& command) {
  const SimulatedClusters clusters = bed.clusters();
  return run_curl(TrafficModel(clusters), sleep_in(bed, from), command, 0);
}

TEST(Curl, prints_the_body) {
  const Bed bed({"a"});
  const ExecResult result = curl(bed, "a", {"curl", "-sS", "helloworld.sample:5000/hello"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, "Hello version: v1, instance: hello-a\n");
  EXPECT_EQ(result.err, "");
}

TEST(Curl, name_that_does_not_resolve) {
  const Bed bed({"a"});
  const ExecResult result = curl(bed, "a", {"curl", "-sS", "-m", "5", "http://nobody.sample:5000/hello"});
  EXPECT_EQ(result.exit_code, 6);
  EXPECT_EQ(result.err, "curl: (6) Could not resolve host: nobody.sample\n");
  EXPECT_EQ(curl(bed, "a", {"curl", "-s", "nobody.sample"}).err, "");
}

TEST(Curl, refuses_what_it_does_not_take) {
  const Bed bed({"a"});
  const std::string url = "helloworld.sample:5000/hello";
  EXPECT_EQ(curl(bed, "a", {"curl", "-sSm", "5", url}).out, "Hello version: v1, instance: hello-a\n");
  const std::tuple<std::vector<std::string>, int, std::string> cases[] = {
      {{"curl", "-X", "POST", url}, 2, "curl: option -X: is not known to simulated pods\n"},
      {{"curl", "--data", "x", url}, 2, "curl: option --data: is not known to simulated pods\n"},
      {{"curl", url, "-m"}, 2, "curl: option -m: requires parameter\n"},
      {{"curl", "-s"}, 2, "curl: (2) no URL specified\n"},
      {{"curl", "helloworld.sample:99999"}, 3, "curl: (3) URL using bad/illegal format or missing URL\n"},
      {{"curl", "https://" + url}, 1, "curl: (1) Protocol \"https\" not supported\n"}};
  for (const auto& [command, code, text] : cases) {
    const ExecResult result = curl(bed, "a", command);
    EXPECT_EQ(std::tie(result.exit_code, result.out, result.err), std::tuple(code, "", text));
  }
}

TEST(Curl, without_a_sidecar_connections_are_refused) {
  Bed bed({"a"});
  bed.edit("a", resource::pods, "sample", "sleep-a",
           [](json& pod) { pod["metadata"]["labels"].erase("security.istio.io/tlsMode"); });
  bed.objects("a").remove(resource::pods, "sample", "hello-a");
  EXPECT_EQ(curl(bed, "a", {"curl", "-sS", "helloworld.sample:5000/hello"}).exit_code, 7);
}

TEST(Pages, clusters_with_their_secrets_and_states) {
  Bed bed;
  bed.api["* c"] = ApiProbe::Answer::forbidden;
  const SimulatedClusters clusters = bed.clusters();
  const TrafficModel model(clusters);
  EXPECT_EQ(json(clusterz(*model.view("a"))), json::parse(R"([
    {"id": "id-a", "secretName": "", "syncStatus": "synced"},
    {"id": "id-b", "secretName": "istio-system/istio-remote-secret-id-b", "syncStatus": "synced"},
    {"id": "id-c", "secretName": "istio-system/istio-remote-secret-id-c", "syncStatus": "timeout"}])"));
  EXPECT_THAT(metrics(*model.view("a"), "1.23.3"), HasSubstr("istiod_managed_clusters{cluster_type=\"remote\"} 2\n"));
  EXPECT_THAT(metrics(*model.view("a"), "1.23.3"),
              HasSubstr("remote_cluster_sync_timeouts_total{cluster=\"id-c\"} 1\n"));
}

TEST(Pages, networks_with_their_gateways) {
  const Bed bed({"a", "b"});
  const SimulatedClusters clusters = bed.clusters();
  const json found = networkz(*TrafficModel(clusters).view("a"));
  ASSERT_EQ(found.size(), 2);
  EXPECT_EQ(found[1]["Network"], "net-b");
  EXPECT_EQ(found[1]["Cluster"], "id-b");
  EXPECT_EQ(found[1]["Addr"], "198.18.2.1");
  EXPECT_EQ(found[1]["Port"], 15443);
}

TEST(Pages, endpoints_by_cluster) {
  const Bed bed({"a", "b"});
  const SimulatedClusters clusters = bed.clusters();
  const TrafficModel model(clusters);
  const json shards = endpoint_shardz(*model.view("a"))["helloworld.sample.svc.cluster.local"]["sample"]["Shards"];
  ASSERT_TRUE(shards.contains("Kubernetes/id-b"));
  EXPECT_EQ(shards["Kubernetes/id-b"][0]["Network"], "net-b");
  EXPECT_EQ(shards["Kubernetes/id-b"][0]["EndpointPort"], 5000);
  EXPECT_EQ(debug_page(*model.view("a"), "/debug/endpointz").status, 200);
  EXPECT_EQ(debug_page(*model.view("a"), "/debug/nothing").status, 404);
}

}  // namespace
}  // namespace mesh::simulator
