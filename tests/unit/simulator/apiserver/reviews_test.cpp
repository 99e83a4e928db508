#include "providers/simulator/apiserver/authorization/reviews.h"

#include <gtest/gtest.h>

#include "providers/simulator/apiserver/authorization/bootstrap.h"
#include "tests/unit/simulator/apiserver/memory_objects.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

class ReviewsTest : public testing::Test {
 protected:
  ReviewsTest() {
    for (const json& one : bootstrap_rbac()) {
      objects_.put({rbac, one["kind"] == "ClusterRole" ? "clusterroles" : "clusterrolebindings"}, one);
    }
    add_role(objects_, "", "pods", json::parse(R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])"));
    add_binding(objects_, "", "joe", "ClusterRole", "pods", {{"kind", "User"}, {"name", "joe"}});
  }
  Reply ask(const std::string& plural, const json& body, const User& user, const std::string& ns = "") const {
    const bool authentication = plural == "tokenreviews" || plural == "selfsubjectreviews";
    const auto* resource =
        registry_.find(authentication ? "authentication.k8s.io" : "authorization.k8s.io", "v1", plural);
    return answer_review(*resource, "v1", ns, body, user, {objects_, signer_, static_tokens_, {}});
  }
  json status(const std::string& plural, const json& spec, const User& user, const std::string& ns = "") const {
    const Reply reply = ask(plural, {{"spec", spec}}, user, ns);
    EXPECT_EQ(reply.status, 201) << reply.body;
    return json::parse(reply.body)["status"];
  }

  const Registry registry_;
  const TokenSigner signer_;
  const StaticTokens static_tokens_ = {{"letmein", admin_user()}};
  MemoryObjects objects_;
  const User joe_ = {"joe", "", {"system:authenticated"}, {}};
  const json pods_ = {{"resourceAttributes", {{"verb", "get"}, {"resource", "pods"}, {"namespace", "a"}}}};
};

TEST_F(ReviewsTest, answers_for_the_asking_user) {
  EXPECT_EQ(status("selfsubjectaccessreviews", pods_, joe_)["allowed"], true);
  EXPECT_EQ(status("selfsubjectaccessreviews", pods_, anonymous_user()), (json{{"allowed", false}}));
  const json path = {{"nonResourceAttributes", {{"verb", "get"}, {"path", "/api"}}}};
  EXPECT_EQ(status("selfsubjectaccessreviews", path, joe_)["reason"],
            "RBAC: allowed by ClusterRoleBinding \"system:discovery\" of ClusterRole \"system:discovery\" to Group "
            "\"system:authenticated\"");
}

TEST_F(ReviewsTest, answers_for_others) {
  json spec = pods_;
  spec["user"] = "joe";
  EXPECT_EQ(status("subjectaccessreviews", spec, admin_user())["allowed"], true);
  EXPECT_EQ(status("localsubjectaccessreviews", spec, admin_user(), "a")["allowed"], true);
  spec["user"] = "ann";
  EXPECT_EQ(status("subjectaccessreviews", spec, admin_user())["allowed"], false);
  spec.erase("user");
  spec["groups"] = {"system:masters"};
  EXPECT_EQ(status("subjectaccessreviews", spec, admin_user())["allowed"], true);
}

TEST_F(ReviewsTest, refuses_what_cannot_be_asked) {
  const json path = {{"verb", "get"}, {"path", "/api"}};
  struct Case {
    const char* plural;
    json spec;
    const char* ns;
    const char* message;
  };
  json both = pods_;
  both["nonResourceAttributes"] = path;
  json named = pods_;
  named["user"] = "joe";
  const Case cases[] = {
      {"selfsubjectaccessreviews", json::object(), "",
       ".authorization.k8s.io \"\" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of "
       "nonResourceAttributes or resourceAttributes must be specified"},
      {"selfsubjectaccessreviews", both, "",
       ".authorization.k8s.io \"\" is invalid: spec.nonResourceAttributes: Invalid value: "
       "{\"Path\":\"/api\",\"Verb\":\"get\"}: cannot be specified in combination with resourceAttributes"},
      {"subjectaccessreviews", pods_, "",
       ".authorization.k8s.io \"\" is invalid: spec.user: Invalid value: \"\": at least one of user or group must be "
       "specified"},
      {"localsubjectaccessreviews", named, "b",
       ".authorization.k8s.io \"\" is invalid: spec.resourceAttributes.namespace: Invalid value: \"a\": must match "
       "metadata.namespace"},
  };
  for (const Case& one : cases) {
    const Reply reply = ask(one.plural, {{"spec", one.spec}}, admin_user(), one.ns);
    EXPECT_EQ(reply.status, 422);
    EXPECT_EQ(json::parse(reply.body)["message"], one.message);
  }
  EXPECT_EQ(ask("selfsubjectaccessreviews", {{"kind", "Foo"}, {"apiVersion", "v1"}}, joe_).status, 400);
  const json typed = {{"spec", {{"resourceAttributes", 5}}}};
  EXPECT_EQ(ask("selfsubjectaccessreviews", typed, joe_).status, 400);
  const json named_object = {{"metadata", {{"name", "x"}}}, {"spec", pods_}};
  EXPECT_EQ(ask("selfsubjectaccessreviews", named_object, joe_).status, 422);
  EXPECT_EQ(ask("selfsubjectaccessreviews", {{"apiVersion", "authorization.k8s.io/v1beta1"}}, joe_).status, 400);
}

TEST_F(ReviewsTest, lists_rules) {
  const json found = status("selfsubjectrulesreviews", {{"namespace", "a"}}, joe_);
  EXPECT_EQ(found["incomplete"], false);
  const json pods = {{"verbs", {"get"}}, {"apiGroups", {""}}, {"resources", {"pods"}}};
  EXPECT_EQ(found["resourceRules"][0], pods);
  EXPECT_EQ(found["nonResourceRules"].size(), 2U);
  EXPECT_EQ(ask("selfsubjectrulesreviews", {{"spec", json::object()}}, joe_).status, 400);
}

TEST_F(ReviewsTest, reviews_tokens) {
  const json good = status("tokenreviews", {{"token", "letmein"}}, admin_user());
  EXPECT_EQ(good["authenticated"], true);
  EXPECT_EQ(good["user"]["username"], "kubernetes-admin");
  EXPECT_EQ(good["audiences"], json::array({token_issuer}));
  const json bad = status("tokenreviews", {{"token", "nope"}}, admin_user());
  EXPECT_EQ(bad, (json{{"user", json::object()}, {"error", "invalid bearer token"}}));
  EXPECT_EQ(ask("tokenreviews", json::object(), admin_user()).status, 400);
}

TEST_F(ReviewsTest, says_who_asks) {
  EXPECT_EQ(status("selfsubjectreviews", {}, joe_)["userInfo"],
            (json{{"username", "joe"}, {"groups", {"system:authenticated"}}}));
}

}  // namespace
}  // namespace mesh::simulator
