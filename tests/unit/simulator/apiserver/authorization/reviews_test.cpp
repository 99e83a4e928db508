#include "providers/simulator/apiserver/authorization/reviews.h"

#include <gtest/gtest.h>

#include "providers/simulator/apiserver/authentication/user.h"
#include "providers/simulator/apiserver/authorization/rbac.h"
#include "providers/simulator/apiserver/registry/served_data.h"
#include "tests/unit/simulator/apiserver/memory_objects.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

class ReviewsTest : public testing::Test {
 protected:
  ReviewsTest() {
    for (const json& one : served_data("rbac")) {
      objects_.put({rbac, one["kind"] == "ClusterRole" ? "clusterroles" : "clusterrolebindings"}, one);
    }
    add_role(objects_, "", "pods", json::parse(R"([{"verbs":["get"],"apiGroups":[""],"resources":["pods"]}])"));
    add_binding(objects_, "", "joe", "ClusterRole", "pods", {{"kind", "User"}, {"name", "joe"}});
  }
  Answer ask(const char* kind, const json& spec, const User& user) const {
    return answer_review({{"kind", kind}, {"spec", spec}}, user, objects_);
  }
  json status(const char* kind, const json& spec, const User& user) const {
    const Answer answer = ask(kind, spec, user);
    EXPECT_TRUE(answer) << answer.error().message;
    return json::parse(answer->body)["status"];
  }

  MemoryObjects objects_;
  const User joe_ = {"joe", "", {"system:authenticated"}, {}};
  const json pods_ = {{"resourceAttributes", {{"verb", "get"}, {"resource", "pods"}, {"namespace", "a"}}}};
};

TEST_F(ReviewsTest, answers_for_the_asking_user) {
  EXPECT_EQ(status("SelfSubjectAccessReview", pods_, joe_)["allowed"], true);
  EXPECT_EQ(status("SelfSubjectAccessReview", pods_, anonymous_user()), (json{{"allowed", false}}));
  const json path = {{"nonResourceAttributes", {{"verb", "get"}, {"path", "/api"}}}};
  EXPECT_EQ(status("SelfSubjectAccessReview", path, joe_)["reason"],
            "RBAC: allowed by ClusterRoleBinding \"system:discovery\" of ClusterRole \"system:discovery\" to Group "
            "\"system:authenticated\"");
}

TEST_F(ReviewsTest, ask_exactly_one_thing) {
  json both = pods_;
  both["nonResourceAttributes"] = {{"verb", "get"}, {"path", "/api"}};
  EXPECT_EQ(ask("SelfSubjectAccessReview", json::object(), joe_).error().code, 422);
  const ApiError refused = ask("SelfSubjectAccessReview", both, joe_).error();
  EXPECT_EQ(refused.code, 422);
  EXPECT_EQ(refused.details["causes"][0]["field"], "spec.nonResourceAttributes");
}

TEST_F(ReviewsTest, lists_rules) {
  const json found = status("SelfSubjectRulesReview", {{"namespace", "a"}}, joe_);
  EXPECT_EQ(found["incomplete"], false);
  const json pods = {{"verbs", {"get"}}, {"apiGroups", {""}}, {"resources", {"pods"}}};
  EXPECT_EQ(found["resourceRules"][0], pods);
  EXPECT_EQ(found["nonResourceRules"].size(), 2U);
  EXPECT_EQ(ask("SelfSubjectRulesReview", json::object(), joe_).error().code, 400);
}

TEST_F(ReviewsTest, says_who_asks) {
  EXPECT_EQ(status("SelfSubjectReview", {}, joe_)["userInfo"],
            (json{{"username", "joe"}, {"groups", {"system:authenticated"}}}));
}

}  // namespace
}  // namespace mesh::simulator
