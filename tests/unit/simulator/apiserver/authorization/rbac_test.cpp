#include "providers/simulator/apiserver/authorization/rbac.h"

#include <gtest/gtest.h>

#include "providers/simulator/apiserver/authorization/impersonation.h"
#include "providers/simulator/apiserver/registry/served_data.h"
#include "tests/unit/simulator/apiserver/memory_objects.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

const User reader = {"system:serviceaccount:mesh:reader",
                     "u1",
                     {"system:serviceaccounts", "system:serviceaccounts:mesh", "system:authenticated"},
                     {}};
const json reader_subject = {{"kind", "ServiceAccount"}, {"name", "reader"}, {"namespace", "mesh"}};

RequestInfo asking(const std::string& method, const std::string& path) { return request_info(method, path, {}); }
bool allowed(const User& user, const std::string& method, const std::string& path, const Objects& objects) {
  return authorize(user, asking(method, path), objects).allowed;
}
class RbacTest : public testing::Test {
 protected:
  RbacTest() {
    for (const json& one : served_data("rbac")) {
      objects_.put({rbac, one["kind"] == "ClusterRole" ? "clusterroles" : "clusterrolebindings"}, one);
    }
  }
  void grant(const json& rules) {
    add_role(objects_, "", "given", rules);
    add_binding(objects_, "", "given", "ClusterRole", "given", reader_subject);
  }
  MemoryObjects objects_;
};

TEST_F(RbacTest, matches_rules) {
  grant(json::parse(R"([
    {"verbs":["get","list"],"apiGroups":["","apps"],"resources":["pods","deployments/scale"]},
    {"verbs":["*"],"apiGroups":[""],"resources":["secrets"],"resourceNames":["one"]},
    {"verbs":["get"],"apiGroups":["*"],"resources":["*/status"]},
    {"verbs":["get"],"nonResourceURLs":["/metrics","/debug/*"]}])"));
  struct Case {
    const char* method;
    const char* path;
    bool allowed;
  };
  const Case cases[] = {
      {"GET", "/api/v1/pods", true},
      {"GET", "/api/v1/namespaces/a/pods/b", true},
      {"GET", "/api/v1/namespaces/a/pods/b/log", false},
      {"DELETE", "/api/v1/namespaces/a/pods/b", false},
      {"GET", "/apis/apps/v1/namespaces/a/deployments/b", false},
      {"GET", "/apis/apps/v1/namespaces/a/deployments/b/scale", true},
      {"GET", "/apis/batch/v1/namespaces/a/pods/b", false},
      {"GET", "/api/v1/namespaces/a/secrets/one", true},
      {"DELETE", "/api/v1/namespaces/a/secrets/one", true},
      {"GET", "/api/v1/namespaces/a/secrets/two", false},
      {"GET", "/api/v1/namespaces/a/secrets", false},
      {"GET", "/apis/apps/v1/namespaces/a/deployments/b/status", true},
      {"GET", "/metrics", true},
      {"GET", "/debug/x/y", true},
      {"POST", "/metrics", false},
      {"GET", "/metrics/more", false},
  };
  for (const Case& one : cases) {
    EXPECT_EQ(allowed(reader, one.method, one.path, objects_), one.allowed) << one.method << " " << one.path;
  }
}

TEST_F(RbacTest, keeps_namespaces_apart) {
  add_role(objects_, "a", "local", json::parse(R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])"));
  add_binding(objects_, "a", "local", "Role", "local", reader_subject);
  EXPECT_TRUE(allowed(reader, "GET", "/api/v1/namespaces/a/pods/x", objects_));
  EXPECT_FALSE(allowed(reader, "GET", "/api/v1/namespaces/b/pods/x", objects_));
  EXPECT_FALSE(
      allowed({.name = "other", .uid = "", .groups = {}, .extra = {}}, "GET", "/api/v1/namespaces/a/pods/x", objects_));
  add_binding(objects_, "b", "wide", "ClusterRole", "cluster-admin",
              {{"kind", "Group"}, {"name", "system:serviceaccounts"}});
  EXPECT_TRUE(allowed(reader, "DELETE", "/apis/apps/v1/namespaces/b/deployments/x", objects_));
  EXPECT_FALSE(allowed(reader, "GET", "/api/v1/pods", objects_));
}

TEST_F(RbacTest, lets_everybody_discover) {
  for (const char* path : {"/api", "/apis/apps/v1", "/version", "/openapi/v2", "/healthz"}) {
    EXPECT_TRUE(allowed(reader, "GET", path, objects_)) << path;
  }
  EXPECT_TRUE(allowed(reader, "POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", objects_));
  EXPECT_FALSE(allowed(reader, "POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", objects_));
  EXPECT_TRUE(allowed(anonymous_user(), "GET", "/version", objects_));
  EXPECT_FALSE(allowed(anonymous_user(), "GET", "/api", objects_));
  EXPECT_TRUE(allowed(admin_user(), "DELETE", "/api/v1/nodes", objects_));
}

TEST_F(RbacTest, says_why) {
  grant(json::parse(R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])"));
  EXPECT_EQ(authorize(reader, asking("GET", "/api/v1/namespaces/a/pods/b"), objects_).reason,
            "RBAC: allowed by ClusterRoleBinding \"given\" of ClusterRole \"given\" to ServiceAccount \"reader/mesh\"");
  add_binding(objects_, "a", "missing", "Role", "nope", reader_subject);
  const Decision no = authorize(reader, asking("GET", "/api/v1/namespaces/a/secrets/b"), objects_);
  EXPECT_FALSE(no.allowed);
  EXPECT_EQ(no.reason, "RBAC: role.rbac.authorization.k8s.io \"nope\" not found");
}

TEST_F(RbacTest, refuses_in_the_words_of_the_real_server) {
  const std::string user = "User \"" + reader.name + "\"";
  const std::pair<RequestInfo, std::string> cases[] = {
      {asking("POST", "/api/v1/namespaces/default/services"),
       "services is forbidden: " + user +
           " cannot create resource \"services\" in API group \"\" in the namespace \"default\""},
      {asking("GET", "/api/v1/nodes/x"),
       "nodes \"x\" is forbidden: " + user + " cannot get resource \"nodes\" in API group \"\" at the cluster scope"},
      {asking("GET", "/apis/apps/v1/namespaces/t/deployments/x/scale"),
       "deployments.apps \"x\" is forbidden: " + user +
           " cannot get resource \"deployments/scale\" in API group \"apps\" in the namespace \"t\""},
      {asking("GET", "/metrics"), "forbidden: " + user + " cannot get path \"/metrics\""},
  };
  for (const auto& [request, expected] : cases) EXPECT_EQ(forbidden(reader, request).message, expected);
  const json details = forbidden(reader, cases[2].first).details;
  EXPECT_EQ(details, (json{{"name", "x"}, {"group", "apps"}, {"kind", "deployments"}}));
}

TEST_F(RbacTest, impersonates_with_the_right_to) {
  const RequestInfo request = asking("GET", "/api/v1/pods");
  const std::map<std::string, std::string> as = {{"impersonate-user", "joe"}, {"impersonate-group", "a,b"}};
  EXPECT_EQ(impersonate(reader, request, {}, objects_).value(), reader);
  EXPECT_EQ(impersonate(reader, request, as, objects_).error().code, 403);
  const User joe = {"joe", "", {"a", "b", "system:authenticated"}, {}};
  EXPECT_EQ(impersonate(admin_user(), request, as, objects_).value(), joe);
  const auto account = impersonate(admin_user(), request, {{"impersonate-user", reader.name}}, objects_);
  EXPECT_EQ(account->groups, reader.groups);
  EXPECT_EQ(impersonate(admin_user(), request, {{"impersonate-group", "g"}}, objects_).error().code, 400);
  grant(json::parse(R"([{"verbs":["impersonate"],"apiGroups":[""],"resources":["users"],"resourceNames":["joe"]}])"));
  EXPECT_TRUE(impersonate(reader, request, {{"impersonate-user", "joe"}}, objects_));
  EXPECT_FALSE(impersonate(reader, request, as, objects_));
  EXPECT_FALSE(impersonate(reader, request, {{"impersonate-user", "ann"}}, objects_));
}

TEST_F(RbacTest, gives_nobody_more_than_he_has) {
  grant(json::parse(R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])"));
  const RequestInfo request = asking("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles");
  const auto role = [](const std::string& rules) {
    return json{{"metadata", {{"name", "esc"}}}, {"rules", json::parse(rules)}};
  };
  const json held = role(R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])");
  const json more = role(R"([{"verbs":["get","list"],"apiGroups":["apps"],"resources":["deployments","daemonsets"]},
    {"verbs":["get"],"apiGroups":[""],"resources":["nodes"],"resourceNames":["a","b"]},
    {"verbs":["get"],"apiGroups":[""],"resources":["pods"]},{"verbs":["get","post"],"nonResourceURLs":["/x"]}])");
  EXPECT_FALSE(check_escalation(reader, request, held, nullptr, objects_));
  EXPECT_FALSE(check_escalation(admin_user(), request, more, nullptr, objects_));
  EXPECT_FALSE(check_escalation(reader, request, more, more, objects_));
  const auto refused = check_escalation(reader, request, more, nullptr, objects_);
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->code, 403);
  EXPECT_EQ(refused->details, (json{{"name", "esc"}, {"group", rbac}, {"kind", "clusterroles"}}));
}

TEST_F(RbacTest, binds_no_stronger_role) {
  const RequestInfo request = asking("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings");
  const auto binding = [](const std::string& role) {
    return json{{"metadata", {{"name", "esc"}}},
                {"roleRef", {{"apiGroup", rbac}, {"kind", "ClusterRole"}, {"name", role}}},
                {"subjects", json::array({reader_subject})}};
  };
  EXPECT_EQ(check_escalation(reader, request, binding("cluster-admin"), nullptr, objects_)->code, 403);
  EXPECT_EQ(check_escalation(reader, request, binding("nope"), nullptr, objects_)->code, 404);
  grant(json::parse(R"([{"verbs":["bind"],"apiGroups":["rbac.authorization.k8s.io"],"resources":["clusterroles"]}])"));
  EXPECT_FALSE(check_escalation(reader, request, binding("cluster-admin"), nullptr, objects_));
}

}  // namespace
}  // namespace mesh::simulator
