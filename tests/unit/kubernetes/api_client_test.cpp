#include "providers/kubernetes/api_client.h"

#include "tests/unit/kubernetes/scripted_server.h"

namespace mesh::kubernetes {
namespace {

using namespace std::chrono_literals;
using namespace mesh::testing;

class ApiClientTest : public ScriptedServer {};

TEST_F(ApiClientTest, reads_lists_page_by_page_and_starts_anew_when_the_token_is_too_old) {
  const std::string gone = R"({"kind":"Status","reason":"Expired","code":410})";
  will_answer({{.body = list(object("1"), "9", "A")},
               {.status = 410, .body = gone},
               {.body = list(object("2"), "10", "B")},
               {.body = list(object("3"), "10")}});
  const auto answers = connect()->read_all({{.id = {"v1", "Service", "n", ""}}}, limits());
  ASSERT_TRUE(answers[0].has_value()) << answers[0].error()[0].cause;
  ASSERT_EQ(answers[0]->objects.size(), 2U);
  EXPECT_EQ(answers[0]->objects[0].resource_version, "2");
  const std::string path = "GET /api/v1/namespaces/n/services?limit=2";
  EXPECT_EQ(targets(), (std::vector<std::string>{path, path + "&continue=A", path, path + "&continue=B"}));
}

TEST_F(ApiClientTest, tells_absent_from_not_served_from_unreadable) {
  will_answer({{.status = 404, .body = not_found}});
  const auto absent = connect()->read_all({{.id = service}}, limits());
  EXPECT_TRUE(absent[0]->objects.empty() && absent[0]->served);
  will_answer({{.status = 404, .body = "404 page not found"}});
  EXPECT_FALSE(connect()->read_all({{.id = service}}, limits())[0]->served);
  will_answer({{.status = 403, .body = R"({"kind":"Status","reason":"Forbidden","message":"no"})"}});
  EXPECT_EQ(connect()->read_all({{.id = service}}, limits())[0].error()[0].code, Code::forbidden);
}

TEST_F(ApiClientTest, explains_garbage) {
  for (const char* body : {"", "<html>", "[]", "{\"kind\":", "\xff", "{}"}) {
    will_answer({{.body = body}, {.body = body}});
    const auto client = connect();
    const auto read = client->read_all({{.id = service}}, limits());
    ASSERT_FALSE(read[0].has_value()) << body;
    EXPECT_EQ(read[0].error()[0].code, Code::malformed_answer);
    EXPECT_EQ(read[0].error()[0].where, "cluster dc1: Service n/s");
    EXPECT_EQ(client->version(limits()).error()[0].code, Code::malformed_answer) << body;
  }
}

TEST_F(ApiClientTest, removes_and_waits_for_finalizers) {
  will_answer({{.body = object("5", R"(,"deletionTimestamp":"x","finalizers":["f"])")},
               {.body = list(object("5", R"(,"finalizers":["f"])"), "5")},
               {.body = R"({"type":"DELETED","object":)" + object("6") + "}\n"}});
  EXPECT_TRUE(connect()->remove(service, "u", limits()).has_value());
  ASSERT_EQ(targets().size(), 3U);
  EXPECT_EQ(targets()[0], "DELETE /api/v1/namespaces/n/services/s");
  EXPECT_NE(server_.seen()[0].body.find(R"("preconditions":{"uid":"u"})"), std::string::npos);
}

TEST_F(ApiClientTest, takes_a_removal_of_what_is_gone_as_done) {
  will_answer({{.status = 404, .body = not_found}});
  EXPECT_TRUE(connect()->remove(service, "u", limits()).has_value());
  will_answer({{.body = R"({"kind":"Status","status":"Success"})"}});
  const auto client = connect();
  EXPECT_TRUE(client->remove(service, "u", limits()).has_value());
  EXPECT_EQ(client->requests_sent(), 1U);
}

TEST_F(ApiClientTest, a_kubeconfig_that_is_missing_is_told_where_the_spec_names_it) {
  ClientOptions options;
  options.read_file = file_reader();
  ClusterSpec cluster;
  cluster.name = "dc1";
  cluster.kubeconfig = {"/nowhere/kubeconfig"};
  cluster.at = {"mesh.toml", 9, 1};
  Diagnostics warnings;
  const auto client = make_client_factory(time_, options)->connect(cluster, "mesh.prod", warnings);
  ASSERT_FALSE(client.has_value());
  EXPECT_EQ(client.error()[0].at, cluster.at);
  EXPECT_EQ(client.error()[0].where, "cluster dc1");
  EXPECT_NE(client.error()[0].cause.find("/nowhere/kubeconfig"), std::string::npos);
}

TEST_F(ApiClientTest, dials_with_the_foreign_token_alone) {
  will_answer({{.body = "{}"}, {.status = 401}});
  const auto client = connect("token: own, as: boss");
  EXPECT_TRUE(client->dial(server_.url(), "", "foreign", "/api/v1/namespaces", limits()).has_value());
  EXPECT_EQ(server_.seen().at(0).authorization, "Bearer foreign");
  EXPECT_EQ(client->dial(server_.url(), "", "foreign", "/x", limits()).error()[0].code, Code::unauthorized);
}

}  // namespace
}  // namespace mesh::kubernetes
