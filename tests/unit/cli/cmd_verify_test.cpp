#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/support/verify_world.h"
#include "tests/unit/cli/command_case.h"

namespace mesh::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::StartsWith;

struct CmdVerify : CommandCase {
  testing::VerifyWorld world{servers, {"c1", "c2"}, "mesh-verify-m"};
};

TEST_F(CmdVerify, every_version_answers_is_0) {
  EXPECT_EQ(run("verify", {"--requests", "4"}), exit_done) << out << err;
  EXPECT_THAT(out, HasSubstr("Every expected version answered: 8 calls from 2 clusters."));
  EXPECT_THAT(err, HasSubstr("c1: starts HelloWorld v1 and Sleep\n"));
}

TEST_F(CmdVerify, a_missing_version_is_1) {
  world.hears["c2"] = {"c2"};
  EXPECT_EQ(run("verify", {"--timeout", "5s"}), exit_failed);
  EXPECT_THAT(out, HasSubstr("c2 -> c1: no answer"));
}

TEST_F(CmdVerify, a_cluster_that_cannot_be_asked_is_3) {
  servers.refused.insert("c2");
  world.hears["c1"] = {"c1"};
  EXPECT_EQ(run("verify"), exit_incomplete);
  EXPECT_THAT(out, HasSubstr("c2  could not be verified"));
}

TEST_F(CmdVerify, every_run_has_a_namespace_of_its_own) {
  std::set<std::string> names;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(run("verify", {"--format", "json"}), exit_done);
    names.insert(nlohmann::json::parse(out).at("namespace").get<std::string>());
  }
  EXPECT_EQ(names.size(), 2U);
  for (const std::string& name : names) EXPECT_THAT(name, MatchesRegex("mesh-verify-m-[0-9a-f]+"));
}

TEST_F(CmdVerify, documents_are_json_and_junit) {
  EXPECT_EQ(run("verify", {"--format", "json"}), exit_done);
  EXPECT_EQ(nlohmann::json::parse(out).at("format"), "mesh.verify/v1");
  EXPECT_EQ(run("verify", {"--format", "junit"}), exit_done);
  EXPECT_THAT(out, StartsWith("<?xml"));
}

TEST_F(CmdVerify, images_are_as_asked_for) {
  std::string images;
  world.fail = [&](const std::string& cluster, const std::string& call) -> std::optional<Diagnostic> {
    if (cluster != "c1" || !call.starts_with("wait")) return std::nullopt;
    const std::string ns = call.substr(call.find("mesh-verify-m"), call.find('/') - call.find("mesh-verify-m"));
    for (const char* name : {"helloworld-v1", "sleep"}) {
      const Object* deployment = servers.at("c1").cluster.find({"apps/v1", "Deployment", ns, name});
      images += deployment->body->at("spec").at("template").at("spec").at("containers").at(0).value("image", "") + " ";
    }
    return std::nullopt;
  };
  run("verify", {"--image-helloworld", "r/hello-{version}", "--image-sleep", "r/curl"});
  EXPECT_THAT(images, StartsWith("r/hello-v1 r/curl "));
}

TEST_F(CmdVerify, a_probe_starts_nothing_and_needs_gateways) {
  EXPECT_EQ(run("verify", {"--probe"}), exit_incomplete);
  EXPECT_THAT(out, HasSubstr("gateway has no address"));
  EXPECT_TRUE(servers.at("c1").calls_with("apply").empty());
}

TEST_F(CmdVerify, wrong_words_are_64) {
  EXPECT_EQ(run("verify", {"--requests", "0"}), exit_usage);
  EXPECT_EQ(run("verify", {"--format", "html"}), exit_usage);
}

}  // namespace
}  // namespace mesh::cli
