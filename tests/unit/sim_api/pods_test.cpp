#include "tests/unit/sim_api/api_bench.h"

namespace mesh::testing {
namespace {

using nlohmann::json;

/// Says what it was asked.
class Echo final : public simulator::PodBackend {
 public:
  simulator::ApiResponse log(const std::string& space, const std::string& pod,
                             const std::multimap<std::string, std::string>& query) override {
    return {.content_type = "text/plain", .body = "log " + space + "/" + pod + " " + query.find("container")->second};
  }
  simulator::ApiResponse proxy(const std::string& space, const std::string& pod, const std::string& port,
                               const std::string& path, const simulator::ApiRequest&) override {
    return {.content_type = "text/plain", .body = "proxy " + space + "/" + pod + ":" + port + path};
  }
  simulator::ExecResult exec(const std::string&, const std::string&, const std::string&,
                             const std::vector<std::string>&) override {
    return {};
  }
};

class Pods : public ApiBench {
 protected:
  static constexpr const char* path = "/api/v1/namespaces/default/pods";
  Pods() { api_.set_pods(std::make_shared<Echo>()); }
  void make_pod(const json& more = json::object()) {
    json spec = {{"containers", json::array({{{"name", "main"}, {"image", "i"}}})}};
    spec.update(more);
    must(send("POST", path, {{"metadata", {{"name", "p"}, {"labels", {{"app", "web"}}}}}, {"spec", spec}}));
    must(send("PATCH", std::string(path) + "/p/status", {{"status", {{"phase", "Running"}}}}, merge_type));
  }
};

TEST_F(Pods, open_doors_to_what_runs_in_them) {
  make_pod();
  const std::string pod = std::string(path) + "/p";
  EXPECT_EQ(get(pod + "/log").text, "log default/p main");
  EXPECT_EQ(get(std::string(path) + "/p:8080/proxy/debug/x").text, "proxy default/p:8080/debug/x");
  must(send("POST", "/api/v1/namespaces/default/services",
            {{"metadata", {{"name", "web"}}},
             {"spec",
              {{"selector", {{"app", "web"}}},
               {"ports", json::array({{{"name", "http"}, {"port", 80}, {"targetPort", 8081}}})}}}}));
  EXPECT_EQ(get("/api/v1/namespaces/default/services/web:http/proxy/").text, "proxy default/p:8081/");
  EXPECT_EQ(get(pod + "/log?container=zz").message(), "container zz is not valid for pod p");
  EXPECT_EQ(get(std::string(path) + "/none/log").status, 404);
}

TEST_F(Pods, become_streams_only_when_asked_to) {
  make_pod();
  const std::string exec = std::string(path) + "/p/exec?command=ls&command=-l&stdout=true";
  EXPECT_EQ(get(exec).message(), "Upgrade request required");
  const Got got = send("GET", exec, nullptr, "", {{"upgrade", "websocket"}});
  EXPECT_EQ(got.status, 101);
  ASSERT_TRUE(got.response.upgrade);
  EXPECT_EQ(got.response.upgrade->container, "main");
  EXPECT_EQ(got.response.upgrade->command, (std::vector<std::string>{"ls", "-l"}));
  EXPECT_TRUE(got.response.upgrade->out);
  EXPECT_FALSE(got.response.upgrade->in);
}

TEST_F(Pods, on_a_node_end_in_their_own_time) {
  make_pod({{"nodeName", "node-1"}});
  const std::string pod = std::string(path) + "/p";
  const json ending = must(send("DELETE", pod));
  EXPECT_EQ(ending["metadata"]["deletionGracePeriodSeconds"], 30);
  EXPECT_EQ(get(pod).status, 200);
  must(send("DELETE", pod + "?gracePeriodSeconds=0"));
  EXPECT_EQ(get(pod).status, 404);
}

TEST_F(Pods, without_a_node_end_at_once) {
  make_pod();
  must(send("DELETE", std::string(path) + "/p"));
  EXPECT_EQ(get(std::string(path) + "/p").status, 404);
}

TEST_F(Pods, can_be_bound_and_evicted) {
  make_pod();
  const std::string pod = std::string(path) + "/p";
  must(send("POST", pod + "/binding", {{"metadata", {{"name", "p"}}}, {"target", {{"kind", "Node"}, {"name", "n1"}}}}));
  EXPECT_EQ(get(pod).body["spec"]["nodeName"], "n1");
  EXPECT_EQ(send("POST", pod + "/eviction", {{"metadata", {{"name", "q"}}}}).message(),
            "name in URL does not match name in Eviction object");
  const Got evicted = send("POST", pod + "/eviction", {{"metadata", {{"name", "p"}}}});
  EXPECT_EQ(evicted.status, 201);
  EXPECT_TRUE(get(pod).body["metadata"].contains("deletionTimestamp"));
}

TEST_F(Pods, ask_for_the_tokens_of_accounts) {
  const std::string accounts = "/api/v1/namespaces/default/serviceaccounts";
  must(send("POST", accounts, {{"metadata", {{"name", "a"}}}}));
  const Got got = send("POST", accounts + "/a/token", {{"spec", {{"expirationSeconds", 3600}}}});
  EXPECT_EQ(got.status, 201) << got.text;
  const std::string token = got.body["status"]["token"];
  const Got as_account = send("GET", accounts, nullptr, "", {{"authorization", "Bearer " + token}});
  EXPECT_EQ(as_account.status, 403);
  EXPECT_NE(as_account.message().find("system:serviceaccount:default:a"), std::string::npos);
  EXPECT_EQ(get(accounts + "/a/token").status, 405);
}

}  // namespace
}  // namespace mesh::testing
