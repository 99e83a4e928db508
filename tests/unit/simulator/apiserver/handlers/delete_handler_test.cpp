#include "tests/unit/simulator/apiserver/api_bench.h"

namespace mesh::testing {
namespace {

using nlohmann::json;

class DeleteHandlerTest : public ApiBench {
 protected:
  bool there(const std::string& name) { return get(map_path(name)).status == 200; }
  /// A ConfigMap that `owner` owns.
  json owned(const std::string& name, const json& owner, bool blocks = false) {
    return make_map(name, {{"ownerReferences", json::array({{{"apiVersion", "v1"},
                                                             {"kind", "ConfigMap"},
                                                             {"name", owner["metadata"]["name"]},
                                                             {"uid", owner["metadata"]["uid"]},
                                                             {"blockOwnerDeletion", blocks}}})}});
  }
};

TEST_F(DeleteHandlerTest, answer_with_a_status_or_the_object) {
  const json made = make_map("x");
  const json gone = must(send("DELETE", map_path("x")));
  EXPECT_EQ(gone["status"], "Success");
  EXPECT_EQ(gone["details"], (json{{"name", "x"}, {"kind", "configmaps"}, {"uid", made["metadata"]["uid"]}}));
  const std::string accounts = "/api/v1/namespaces/default/serviceaccounts";
  must(send("POST", accounts, {{"metadata", {{"name", "a"}}}}));
  EXPECT_EQ(must(send("DELETE", accounts + "/a"))["kind"], "ServiceAccount");
  EXPECT_EQ(send("DELETE", map_path("x")).status, 404);
}

TEST_F(DeleteHandlerTest, hold_to_preconditions) {
  const json made = make_map("x");
  const auto refused = [&](const json& preconditions) {
    return send("DELETE", map_path("x"), {{"preconditions", preconditions}});
  };
  EXPECT_EQ(refused({{"uid", "abc"}}).status, 409);
  EXPECT_EQ(refused({{"uid", "abc"}}).reason(), "Conflict");
  EXPECT_EQ(refused({{"resourceVersion", "1"}}).status, 409);
  EXPECT_TRUE(there("x"));
  EXPECT_EQ(refused({{"resourceVersion", made["metadata"]["resourceVersion"]}}).status, 200);
}

TEST_F(DeleteHandlerTest, wait_for_finalizers) {
  make_map("x", {{"finalizers", {"example.com/hold"}}});
  const json held = must(send("DELETE", map_path("x")));
  EXPECT_TRUE(held["metadata"].contains("deletionTimestamp"));
  EXPECT_EQ(held["metadata"]["deletionGracePeriodSeconds"], 0);
  const json again = must(send("DELETE", map_path("x")));
  EXPECT_EQ(again["metadata"]["resourceVersion"], held["metadata"]["resourceVersion"]);
  must(send("PATCH", map_path("x"), json::array({{{"op", "remove"}, {"path", "/metadata/finalizers"}}}),
            json_patch_type));
  EXPECT_FALSE(there("x"));
  EXPECT_EQ(changes_.back(), "deleted configmaps x");
}

TEST_F(DeleteHandlerTest, take_dependents_along_unless_told_otherwise) {
  for (const char* policy : {"", "?propagationPolicy=Background", "?propagationPolicy=Foreground"}) {
    owned("dependent", make_map("owner"), true);
    must(send("DELETE", map_path("owner") + policy));
    EXPECT_FALSE(there("owner")) << policy;
    EXPECT_FALSE(there("dependent")) << policy;
  }
  owned("dependent", make_map("owner"));
  must(send("DELETE", map_path("owner") + "?propagationPolicy=Orphan"));
  EXPECT_FALSE(there("owner"));
  EXPECT_TRUE(there("dependent"));
  EXPECT_FALSE(get(map_path("dependent")).body["metadata"].contains("ownerReferences"));
}

TEST_F(DeleteHandlerTest, in_the_foreground_wait_for_those_that_block) {
  const json owner = make_map("owner");
  owned("dependent", owner, true);
  must(send("PATCH", map_path("dependent"), {{"metadata", {{"finalizers", {"example.com/hold"}}}}}, merge_type));
  const json held = must(send("DELETE", map_path("owner") + "?propagationPolicy=Foreground"));
  EXPECT_EQ(held["metadata"]["finalizers"], json::array({"foregroundDeletion"}));
  EXPECT_TRUE(there("owner"));
  must(send("PATCH", map_path("dependent"), {{"metadata", {{"finalizers", nullptr}}}}, merge_type));
  EXPECT_FALSE(there("dependent"));
  EXPECT_FALSE(there("owner"));
}

TEST_F(DeleteHandlerTest, spare_what_another_owner_keeps) {
  const json first = make_map("first");
  const json second = make_map("second");
  json references = json::array();
  for (const json& owner : {first, second}) {
    references.push_back({{"apiVersion", "v1"},
                          {"kind", "ConfigMap"},
                          {"name", owner["metadata"]["name"]},
                          {"uid", owner["metadata"]["uid"]}});
  }
  make_map("dependent", {{"ownerReferences", references}});
  must(send("DELETE", map_path("first")));
  EXPECT_EQ(get(map_path("dependent")).body["metadata"]["ownerReferences"].size(), 1U);
  must(send("DELETE", map_path("second")));
  EXPECT_FALSE(there("dependent"));
}

TEST_F(DeleteHandlerTest, come_over_what_was_made_for_an_owner_long_gone) {
  owned("dependent", {{"metadata", {{"name", "ghost"}, {"uid", "no-such-uid"}}}});
  EXPECT_FALSE(there("dependent"));
}

TEST_F(DeleteHandlerTest, of_a_collection_go_by_selectors) {
  make_map("a", {{"labels", {{"x", "y"}}}});
  make_map("b");
  const json gone = must(send("DELETE", map_path() + "?labelSelector=x%3Dy"));
  EXPECT_EQ(names_of(gone), std::vector<std::string>{"a"});
  EXPECT_TRUE(there("b"));
  EXPECT_FALSE(there("a"));
}

class DeleteHandlerNamespaces : public ApiBench {};

TEST_F(DeleteHandlerNamespaces, are_born_active_and_named) {
  const json made = must(send("POST", "/api/v1/namespaces", {{"metadata", {{"name", "n"}}}}));
  EXPECT_EQ(made["metadata"]["labels"]["kubernetes.io/metadata.name"], "n");
  EXPECT_EQ(made["spec"]["finalizers"], json::array({"kubernetes"}));
  EXPECT_EQ(made["status"]["phase"], "Active");
}

TEST_F(DeleteHandlerNamespaces, end_with_their_content) {
  must(send("POST", "/api/v1/namespaces", {{"metadata", {{"name", "n"}}}}));
  const std::string maps = "/api/v1/namespaces/n/configmaps";
  must(send("POST", maps, {{"metadata", {{"name", "held"}, {"finalizers", {"example.com/hold"}}}}}));
  must(send("POST", maps, {{"metadata", {{"name", "free"}}}}));
  const json ending = must(send("DELETE", "/api/v1/namespaces/n"));
  EXPECT_EQ(ending["status"]["phase"], "Terminating");
  EXPECT_EQ(get(maps + "/free").status, 404);
  EXPECT_EQ(get(maps + "/held").status, 200);
  const Got refused = send("POST", maps, {{"metadata", {{"name", "new"}}}});
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.message(),
            "configmaps \"new\" is forbidden: unable to create new content in namespace n because it is being "
            "terminated");
  EXPECT_EQ(refused.body["details"]["causes"][0]["reason"], "NamespaceTerminating");
  must(send("PATCH", maps + "/held", {{"metadata", {{"finalizers", nullptr}}}}, merge_type));
  EXPECT_EQ(get("/api/v1/namespaces/n").status, 404);
  EXPECT_EQ(changes_.back(), "deleted namespaces n");
}

TEST_F(DeleteHandlerNamespaces, wait_for_finalizers_of_their_own) {
  must(send("POST", "/api/v1/namespaces", {{"metadata", {{"name", "n"}, {"finalizers", {"example.com/hold"}}}}}));
  changes_.clear();
  must(send("DELETE", "/api/v1/namespaces/n"));
  const json held = get("/api/v1/namespaces/n").body;
  EXPECT_FALSE(held["spec"].contains("finalizers"));
  // Marked, described, then emptied; nothing is written over and over.
  EXPECT_EQ(changes_, std::vector<std::string>(3, "modified namespaces n"));
  must(send("PATCH", "/api/v1/namespaces/n", {{"metadata", {{"finalizers", nullptr}}}}, merge_type));
  EXPECT_EQ(get("/api/v1/namespaces/n").status, 404);
}

TEST_F(DeleteHandlerNamespaces, of_the_system_stay) {
  const Got refused = send("DELETE", "/api/v1/namespaces/kube-system");
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.message(), "namespaces \"kube-system\" is forbidden: this namespace may not be deleted");
  EXPECT_EQ(names_of(get("/api/v1/namespaces").body),
            (std::vector<std::string>{"default", "kube-node-lease", "kube-public", "kube-system"}));
}

}  // namespace
}  // namespace mesh::testing
