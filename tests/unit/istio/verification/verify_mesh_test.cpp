#include "providers/istio/verification/verify_mesh.h"

#include <gmock/gmock.h>

#include "engine/base/time.h"
#include "providers/kubernetes/schema/field_schemas.h"
#include "tests/support/fake_clock.h"
#include "tests/support/verify_world.h"

namespace mesh::istio {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string ns = "mesh-verify-m-r1";

class VerifyMesh : public ::testing::Test {
 protected:
  VerifyMesh() {
    spec_.mesh = {.name = "m", .id = "m", .revision = "asm-1"};
    for (const char* name : {"c1", "c2"}) {
      spec_.clusters[name].name = name;
      spec_.clusters[name].id = std::string("id-") + name;
      spec_.clusters[name].peers = {name == std::string("c1") ? "c2" : "c1"};
      servers_.add(name, kubernetes::field_schemas()).install_istiod("asm-9", std::string("id-") + name);
    }
    world_ = std::make_unique<testing::VerifyWorld>(servers_, std::vector<std::string>{"c1", "c2"}, ns);
  }

  Verification verify() { return verify_mesh(spec_, request_, servers_, clock_, stop_.get_token()); }

  void make_namespace(const std::string& cluster, const nlohmann::json& labels) {
    servers_.at(cluster).cluster.update({"v1", "Namespace", "", ns}, "kubectl",
                                        [&](nlohmann::json& body) { body["metadata"]["labels"] = labels; });
  }

  /// Of another run, which needs it for that long still.
  void make_other_run(const std::string& mesh, std::chrono::minutes needed) {
    const Workload other = verify_namespace_object(other_id.name, mesh, "asm-1", clock_.wall() + needed);
    EXPECT_TRUE(servers_.at("c1").cluster.apply(other_id, other.body, "mesh.m"));
  }

  const ObjectId other_id{"v1", "Namespace", "", "mesh-verify-m-0123abcd"};
  Spec spec_;
  VerifyRequest request_{.requests = 4, .run = "r1", .on_event = [](const auto&, const auto&) {}};
  testing::FakeClients servers_;
  std::unique_ptr<testing::VerifyWorld> world_;
  testing::FakeClock clock_;
  std::stop_source stop_;
};

TEST_F(VerifyMesh, PassesWhenEveryVersionAnswers) {
  const Verification found = verify();
  EXPECT_TRUE(found.passed());
  EXPECT_TRUE(found.complete());
  EXPECT_EQ(found.ns, ns);
  ASSERT_EQ(found.paths.size(), 4U);
  for (const VerifiedPath& path : found.paths) EXPECT_GT(path.answers, 0) << path.from << path.to;
  ASSERT_EQ(found.clusters.size(), 2U);
  EXPECT_EQ(found.clusters[0], (VerifiedCluster{.name = "c1", .version = "v1", .sent = 4}));
  EXPECT_EQ(found.clusters[1], (VerifiedCluster{.name = "c2", .version = "v2", .sent = 4}));
  EXPECT_THAT(servers_.at("c2").calls, Contains("apply Deployment mesh-verify-m-r1/helloworld-v2"));
}

TEST_F(VerifyMesh, LeavesNothing) {
  verify();
  for (const char* name : {"c1", "c2"}) EXPECT_EQ(world_->find_namespace(name), nullptr);
}

TEST_F(VerifyMesh, LabelsTheNamespaceWithTheRevision) {
  for (const auto& [revision, label] :
       std::map<std::string, std::string>{{"asm-1", "asm-1"}, {auto_revision, "asm-9"}}) {
    spec_.mesh.revision = revision;
    std::string seen;
    world_->fail = [&](const std::string& cluster, const std::string& call) -> std::optional<Diagnostic> {
      if (cluster == "c1" && call.starts_with("apply Service")) {
        seen = (*world_->find_namespace("c1")->body)["metadata"]["labels"]["istio.io/rev"];
      }
      return std::nullopt;
    };
    verify();
    EXPECT_EQ(seen, label);
  }
}

TEST_F(VerifyMesh, ExplainsAMissingVersionAndKeepsAskingForAWhile) {
  world_->hears["c1"] = {"c1"};
  world_->shards["c1"] =
      "a\twarn\t{x}\n"
      R"({"helloworld.mesh-verify-m-r1.svc.cluster.local": {"mesh-verify-m-r1": {"Shards": {}}}})";
  const Verification found = verify();
  EXPECT_FALSE(found.passed());
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_EQ(found.findings[0].from, "c1");
  EXPECT_EQ(found.findings[0].to, "c2");
  EXPECT_EQ(found.findings[0].fault, PathFault::not_discovered);
  EXPECT_EQ(found.clusters[1].sent, 4);
  EXPECT_GT(found.clusters[0].sent, 100);
}

TEST_F(VerifyMesh, TakesAVersionThatComesLate) {
  world_->hears["c1"] = {"c1"};
  int calls = 0;
  world_->fail = [&](const std::string& cluster, const std::string& call) -> std::optional<Diagnostic> {
    if (cluster == "c1" && call.find("curl") != std::string::npos && ++calls == 10) world_->hears["c1"] = {"c1", "c2"};
    return std::nullopt;
  };
  EXPECT_TRUE(verify().passed());
}

TEST_F(VerifyMesh, ExpectsOnlyPeersOfTheSpec) {
  spec_.clusters["c1"].peers = {};
  world_->hears["c1"] = {"c1"};
  const Verification found = verify();
  EXPECT_TRUE(found.passed());
  EXPECT_FALSE(found.paths[1].expected);
}

TEST_F(VerifyMesh, ReportsCallsThatFail) {
  int calls = 0;
  const auto curl = servers_.at("c2").exec;
  servers_.at("c2").exec = [&](const kubernetes::ExecRequest& exec) -> Result<kubernetes::ExecAnswer> {
    if (calls++ % 4 == 0) return kubernetes::ExecAnswer{.err = "curl: (56) reset", .exit_code = 56};
    return curl(exec);
  };
  const Verification found = verify();
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_EQ(found.findings[0].fault, PathFault::failed_calls);
  EXPECT_THAT(found.findings[0].read, HasSubstr("curl: (56) reset"));
}

TEST_F(VerifyMesh, GivesBackANamespaceThatAnotherClientCreated) {
  make_namespace("c1", {{"team", "x"}});
  const Verification found = verify();
  EXPECT_FALSE(found.complete());
  EXPECT_EQ(found.clusters[0].error[0].code, Code::belongs_to_other_mesh);
  EXPECT_THAT(servers_.at("c1").calls_with("remove"), IsEmpty());
  ASSERT_NE(world_->find_namespace("c1"), nullptr);
  EXPECT_EQ((*world_->find_namespace("c1")->body)["metadata"]["labels"], nlohmann::json({{"team", "x"}}));
}

TEST_F(VerifyMesh, RemovesWhatAnEarlierRunLeft) {
  make_other_run("m", -std::chrono::minutes(1));
  EXPECT_TRUE(verify().passed());
  EXPECT_EQ(servers_.at("c1").cluster.find(other_id), nullptr);
  EXPECT_EQ(world_->find_namespace("c1"), nullptr);
}

TEST_F(VerifyMesh, LeavesANamespaceThatARunMayNeed) {
  for (const auto& [mesh, needed] : std::map<std::string, std::chrono::minutes>{
           {"m", std::chrono::minutes(1)}, {"another", std::chrono::minutes(-100)}}) {
    make_other_run(mesh, needed);
    EXPECT_TRUE(verify().passed());
    EXPECT_NE(servers_.at("c1").cluster.find(other_id), nullptr) << mesh;
  }
}

TEST_F(VerifyMesh, SaysHowLongItsNamespaceIsNeededAndEndsBefore) {
  std::string until;
  world_->fail = [&](const std::string& cluster, const std::string& call) -> std::optional<Diagnostic> {
    if (cluster == "c1" && call.starts_with("apply Service")) {
      until = (*world_->find_namespace("c1")->body)["metadata"]["annotations"]["mesh-engine.dev/needed-until"];
    }
    if (call.find("curl") != std::string::npos) clock_.pass(std::chrono::seconds(20));
    return std::nullopt;
  };
  request_.requests = 1000;
  verify();
  EXPECT_GT(*parse_rfc3339(until), clock_.wall());
}

TEST_F(VerifyMesh, GoesOnWithoutTheRightToListNamespaces) {
  world_->fail = [&](const std::string&, const std::string& call) -> std::optional<Diagnostic> {
    if (call != "read Namespace  (metadata)") return std::nullopt;
    return Diagnostic{.code = Code::forbidden, .summary = "access is denied"};
  };
  EXPECT_TRUE(verify().passed());
}

TEST_F(VerifyMesh, WarnsOfWhatAnEarlierRunLeftAndStays) {
  make_other_run("m", -std::chrono::minutes(1));
  world_->fail = [&](const std::string&, const std::string& call) -> std::optional<Diagnostic> {
    if (call != "remove Namespace " + other_id.name) return std::nullopt;
    return Diagnostic{.code = Code::forbidden, .summary = "access is denied"};
  };
  const Verification found = verify();
  EXPECT_TRUE(found.passed());
  ASSERT_EQ(found.diagnostics.size(), 1U);
  EXPECT_EQ(found.diagnostics[0].severity, Severity::warning);
}

TEST_F(VerifyMesh, CleansUpAfterAStop) {
  world_->fail = [&](const std::string&, const std::string& call) -> std::optional<Diagnostic> {
    if (call.find("curl") != std::string::npos) stop_.request_stop();
    return std::nullopt;
  };
  const Verification found = verify();
  EXPECT_FALSE(found.passed());
  EXPECT_EQ(found.diagnostics.back().code, Code::cancelled);
  EXPECT_THAT(found.findings, IsEmpty());
  for (const char* name : {"c1", "c2"}) EXPECT_EQ(world_->find_namespace(name), nullptr);
}

TEST_F(VerifyMesh, CleansUpANamespaceWhoseCreationHadNoAnswer) {
  world_->fail = [&](const std::string& cluster, const std::string& call) -> std::optional<Diagnostic> {
    if (cluster != "c1" || call != "apply Namespace " + ns) return std::nullopt;
    make_namespace("c1", {{"app.kubernetes.io/managed-by", "mesh"},
                          {"mesh-engine.dev/mesh", "m"},
                          {"mesh-engine.dev/purpose", "verify"}});
    return Diagnostic{.code = Code::timed_out, .summary = "no answer"};
  };
  EXPECT_FALSE(verify().complete());
  EXPECT_EQ(world_->find_namespace("c1"), nullptr);
}

TEST_F(VerifyMesh, SaysWhatCouldNotBeRemoved) {
  world_->fail = [&](const std::string& cluster, const std::string& call) -> std::optional<Diagnostic> {
    if (cluster != "c2" || !call.starts_with("remove")) return std::nullopt;
    return Diagnostic{.code = Code::forbidden, .summary = "access is denied"};
  };
  const Verification found = verify();
  EXPECT_FALSE(found.passed());
  ASSERT_EQ(found.diagnostics.size(), 2U);
  EXPECT_THAT(found.diagnostics[1].hint, HasSubstr("kubectl delete namespace mesh-verify-m-r1"));
}

TEST_F(VerifyMesh, GoesOnWithoutAClusterThatCannotBeAsked) {
  servers_.refused.insert("c2");
  world_->hears["c1"] = {"c1"};
  const Verification found = verify();
  EXPECT_TRUE(found.passed());
  EXPECT_FALSE(found.complete());
  EXPECT_EQ(found.clusters[1].error[0].code, Code::kubeconfig_invalid);
}

TEST_F(VerifyMesh, SaysThatWorkloadsDoNotGetReady) {
  servers_.at("c2").controllers = false;
  const Verification found = verify();
  EXPECT_FALSE(found.complete());
  ASSERT_FALSE(found.clusters[1].error.empty());
  EXPECT_EQ(found.clusters[1].error[0].code, Code::not_ready);
  EXPECT_EQ(world_->find_namespace("c2"), nullptr);
}

TEST_F(VerifyMesh, SeesPodsWithoutASidecar) {
  world_->injected = false;
  world_->hears["c1"] = {"c1"};
  const Verification found = verify();
  ASSERT_FALSE(found.findings.empty());
  EXPECT_EQ(found.findings[0].fault, PathFault::not_injected);
}

}  // namespace
}  // namespace mesh::istio
