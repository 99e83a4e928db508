#include "providers/simulator/pods/curl.h"

#include <gtest/gtest.h>

#include "tests/unit/simulator/bed.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

ExecResult curl(const Bed& bed, const std::string& from, const std::vector<std::string>& command) {
  const SimulatedClusters clusters = bed.clusters();
  return run_curl(TrafficModel(clusters), bed.sleep_in(from), command, 0);
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

}  // namespace
}  // namespace mesh::simulator
