#include "tests/unit/simulator/apiserver/api_bench.h"

namespace mesh::testing {
namespace {

using nlohmann::json;

/// Says what it was asked.
class Echo final : public simulator::PodBackend {
 public:
  simulator::ApiResponse log(const std::string& ns, const std::string& pod,
                             const std::multimap<std::string, std::string>& query) override {
    return {.content_type = "text/plain", .body = "log " + ns + "/" + pod + " " + query.find("container")->second};
  }
  simulator::ApiResponse proxy(const std::string& ns, const std::string& pod, const std::string& port,
                               const std::string& path) override {
    return {.content_type = "text/plain", .body = "proxy " + ns + "/" + pod + ":" + port + path};
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
  EXPECT_EQ(get(pod + "/log?container=zz").message(), "container zz is not valid for pod p");
  EXPECT_EQ(get(std::string(path) + "/none/log").status, 404);
}

TEST_F(Pods, become_streams_only_when_asked_to) {
  make_pod({{"nodeName", "node-1"}});
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

TEST_F(Pods, without_a_node_have_no_streams) {
  make_pod();
  const Got got = send("GET", std::string(path) + "/p/exec?command=ls", nullptr, "", {{"upgrade", "websocket"}});
  EXPECT_EQ(got.status, 400);
  EXPECT_EQ(got.message(), "pod p does not have a host assigned");
}

TEST_F(Pods, become_streams_for_those_who_may_create_them) {
  make_pod({{"nodeName", "node-1"}});
  const std::string accounts = "/api/v1/namespaces/default/serviceaccounts";
  const std::string rbac = "/apis/rbac.authorization.k8s.io/v1/namespaces/default";
  must(send("POST", accounts, {{"metadata", {{"name", "a"}}}}));
  const json made = must(send("POST", accounts + "/a/token", {{"spec", {{"expirationSeconds", 3600}}}}));
  const std::string token = made["status"]["token"];
  const auto role = [](const json& verbs) {
    const json rule = {{"apiGroups", {""}}, {"resources", {"pods/exec"}}, {"verbs", verbs}};
    return json{{"metadata", {{"name", "r"}}}, {"rules", json::array({rule})}};
  };
  must(send("POST", rbac + "/roles", role({"get"})));
  const json account = {{"kind", "ServiceAccount"}, {"name", "a"}, {"namespace", "default"}};
  must(send("POST", rbac + "/rolebindings",
            {{"metadata", {{"name", "b"}}},
             {"roleRef", {{"apiGroup", "rbac.authorization.k8s.io"}, {"kind", "Role"}, {"name", "r"}}},
             {"subjects", json::array({account})}}));
  const auto ask = [&](const char* method) {
    return send(method, std::string(path) + "/p/exec?command=ls", nullptr, "",
                {{"upgrade", "websocket"}, {"authorization", "Bearer " + token}});
  };
  const Got reader = ask("GET");
  EXPECT_EQ(reader.status, 403);
  EXPECT_EQ(reader.message(), "pods \"p\" is forbidden: ");
  EXPECT_EQ(ask("POST").status, 403);
  must(send("PUT", rbac + "/roles/r", role({"create"})));
  EXPECT_EQ(ask("GET").status, 403);
  EXPECT_EQ(ask("POST").status, 101);
  must(send("PUT", rbac + "/roles/r", role({"get", "create"})));
  EXPECT_EQ(ask("GET").status, 101);
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

TEST_F(Pods, are_bound_to_a_node) {
  make_pod();
  const std::string pod = std::string(path) + "/p";
  must(send("POST", pod + "/binding", {{"metadata", {{"name", "p"}}}, {"target", {{"kind", "Node"}, {"name", "n1"}}}}));
  EXPECT_EQ(get(pod).body["spec"]["nodeName"], "n1");
  EXPECT_EQ(send("POST", pod + "/binding", {{"target", {{"name", "n2"}}}}).status, 409);
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
