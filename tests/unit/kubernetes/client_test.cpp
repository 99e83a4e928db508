// The client against a scripted API server on loopback: retries, credentials, paging, watches.
#include <gtest/gtest.h>

#include <deque>
#include <fstream>
#include <mutex>

#include "providers/kubernetes/client_factory.h"
#include "tests/unit/kubernetes/fake_time.h"
#include "tests/unit/kubernetes/tls_server.h"

namespace mesh::kubernetes {
namespace {

using namespace std::chrono_literals;
using namespace mesh::testing;

constexpr const char* not_found =
    R"({"kind":"Status","status":"Failure","reason":"NotFound","message":"m","code":404})";
const ObjectId service{"v1", "Service", "n", "s"};

std::string object(const std::string& version, const std::string& extra = "") {
  return R"({"kind":"Service","apiVersion":"v1","metadata":{"name":"s","namespace":"n","uid":"u","resourceVersion":")" +
         version + "\"" + extra + "}}";
}
std::string list(const std::string& items, const std::string& version, const std::string& next = "") {
  return R"({"kind":"ServiceList","metadata":{"resourceVersion":")" + version + R"(","continue":")" + next +
         R"("},"items":[)" + items + "]}";
}

/// Answers in the order of the script; then 500s.
class Scripted : public ::testing::Test {
 protected:
  std::unique_ptr<Client> connect(const std::string& user = "token: t") {
    const std::string config =
        "{current-context: c, contexts: [{name: c, context: {cluster: k, user: u}}], clusters: [{name: k, cluster: "
        "{server: '" +
        server_.url() + "'}}], users: [{name: u, user: {" + user + "}}]}";
    ClientOptions options;
    options.user_agent = "mesh/test";
    options.page_size = 2;
    options.random = [] { return 1.0; };
    options.read_file = [this, config](const std::filesystem::path& path) -> Result<std::string> {
      if (path == "/token") return token_file_;
      return config;
    };
    factory_ = make_client_factory(time_, std::move(options));
    ClusterSpec cluster;
    cluster.name = "dc1";
    cluster.kubeconfig = {"/kubeconfig"};
    Diagnostics warnings;
    auto client = factory_->connect(cluster, warnings);
    EXPECT_TRUE(client.has_value()) << (client ? "" : client.error()[0].cause);
    return client ? std::move(*client) : nullptr;
  }
  void will_answer(std::initializer_list<Answer> answers) { script_.assign(answers); }
  CallLimits limits(std::chrono::milliseconds time = 60s) {
    return {.deadline = time_.now() + time, .stop = {}, .on_retry = [this](const std::string& why, auto) {
              retries_.push_back(why);
            }};
  }
  std::vector<std::string> targets() const {
    std::vector<std::string> all;
    for (const auto& seen : server_.seen()) all.push_back(seen.method + " " + seen.target);
    return all;
  }

  FakeTime time_;
  std::string token_file_ = "one";
  std::vector<std::string> retries_;
  std::function<void()> while_answering_;
  std::mutex mutex_;
  std::deque<Answer> script_;
  TestServer server_{[this](const SeenRequest&) {
    const std::lock_guard lock(mutex_);
    if (while_answering_) while_answering_();
    if (script_.empty()) return Answer{.status = 501};
    Answer answer = script_.front();
    script_.pop_front();
    return answer;
  }};
  std::unique_ptr<ClientFactory> factory_;
};

TEST_F(Scripted, repeats_what_may_be_repeated) {
  will_answer({{.status = 503},
               {.status = 429, .headers = {{"Retry-After", "7"}}},
               {.status = 500, .body = "etcd"},
               {.body = R"({"gitVersion":"v1.32.0"})"}});
  const auto client = connect();
  const auto version = client->version(limits());
  ASSERT_TRUE(version.has_value()) << version.error()[0].cause;
  EXPECT_EQ(*version, "v1.32.0");
  EXPECT_EQ(time_.slept(), (std::vector<std::chrono::milliseconds>{100ms, 7000ms, 400ms}));
  EXPECT_EQ(client->requests_sent(), 4U);
  EXPECT_EQ(retries_.size(), 3U);
}

TEST_F(Scripted, gives_up_when_the_wait_would_pass_the_deadline) {
  will_answer({{.status = 429, .headers = {{"Retry-After", "61"}}}});
  const auto version = connect()->version(limits());
  ASSERT_FALSE(version.has_value());
  EXPECT_EQ(version.error()[0].code, Code::too_many_requests);
  EXPECT_TRUE(time_.slept().empty());
}

TEST_F(Scripted, never_repeats_a_refusal) {
  for (const int status : {400, 403, 404, 405, 409, 422}) {
    will_answer({{.status = status, .body = R"({"kind":"Status","reason":"X","message":"no"})"}});
    const auto client = connect();
    EXPECT_FALSE(client->apply(service, {{"a", 1}}, Force::no, limits()).has_value());
    EXPECT_EQ(client->requests_sent(), 1U) << status;
  }
}

TEST_F(Scripted, renews_a_refused_credential_once) {
  will_answer({{.body = R"({"gitVersion":"v1"})"},
               {.status = 401},
               {.body = R"({"gitVersion":"v1"})"},
               {.status = 401},
               {.status = 401}});
  const auto client = connect("tokenFile: /token");
  EXPECT_TRUE(client->version(limits()).has_value());
  token_file_ = "two";
  EXPECT_TRUE(client->version(limits()).has_value());
  const auto refused = client->version(limits());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error()[0].code, Code::unauthorized);
  std::vector<std::string> tokens;
  for (const auto& seen : server_.seen()) tokens.push_back(seen.authorization);
  EXPECT_EQ(tokens, (std::vector<std::string>{"Bearer one", "Bearer one", "Bearer two", "Bearer two", "Bearer two"}));
}

TEST_F(Scripted, does_not_renew_what_cannot_be_renewed) {
  will_answer({{.status = 401}});
  const auto client = connect();
  EXPECT_EQ(client->version(limits()).error()[0].code, Code::unauthorized);
  EXPECT_EQ(client->requests_sent(), 1U);
}

TEST_F(Scripted, reads_lists_page_by_page_and_starts_anew_when_the_token_is_too_old) {
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

TEST_F(Scripted, tells_absent_from_not_served_from_unreadable) {
  will_answer({{.status = 404, .body = not_found}});
  const auto absent = connect()->read_all({{.id = service}}, limits());
  EXPECT_TRUE(absent[0]->objects.empty() && absent[0]->served);
  will_answer({{.status = 404, .body = "404 page not found"}});
  EXPECT_FALSE(connect()->read_all({{.id = service}}, limits())[0]->served);
  will_answer({{.status = 403, .body = R"({"kind":"Status","reason":"Forbidden","message":"no"})"}});
  EXPECT_EQ(connect()->read_all({{.id = service}}, limits())[0].error()[0].code, Code::forbidden);
}

TEST_F(Scripted, explains_garbage) {
  for (const char* body : {"", "<html>", "[]", "{\"kind\":", "\xff", "{}"}) {
    will_answer({{.body = body}, {.body = body}, {.body = body}});
    const auto client = connect();
    const auto read = client->read_all({{.id = service}}, limits());
    ASSERT_FALSE(read[0].has_value()) << body;
    EXPECT_EQ(read[0].error()[0].code, Code::malformed_answer);
    EXPECT_EQ(read[0].error()[0].where, "cluster dc1: Service n/s");
    EXPECT_EQ(client->version(limits()).error()[0].code, Code::malformed_answer) << body;
    EXPECT_FALSE(client->group_versions("apps", limits()).has_value());
  }
}

TEST_F(Scripted, removes_and_waits_for_finalizers) {
  will_answer({{.body = object("5", R"(,"deletionTimestamp":"x","finalizers":["f"])")},
               {.body = list(object("5", R"(,"finalizers":["f"])"), "5")},
               {.body = R"({"type":"DELETED","object":)" + object("6") + "}\n"}});
  EXPECT_TRUE(connect()->remove(service, "u", limits()).has_value());
  ASSERT_EQ(targets().size(), 3U);
  EXPECT_EQ(targets()[0], "DELETE /api/v1/namespaces/n/services/s");
  EXPECT_NE(server_.seen()[0].body.find(R"("preconditions":{"uid":"u"})"), std::string::npos);
}

TEST_F(Scripted, takes_a_removal_of_what_is_gone_as_done) {
  will_answer({{.status = 404, .body = not_found}});
  EXPECT_TRUE(connect()->remove(service, "u", limits()).has_value());
  will_answer({{.body = R"({"kind":"Status","status":"Success"})"}});
  const auto client = connect();
  EXPECT_TRUE(client->remove(service, "u", limits()).has_value());
  EXPECT_EQ(client->requests_sent(), 1U);
}

TEST_F(Scripted, watches_over_expiry_bookmarks_and_ends) {
  will_answer({{.body = list("", "1")},
               {.body = R"({"type":"BOOKMARK","object":{"kind":"Service","metadata":{"resourceVersion":"3"}}})"
                        "\n"},
               {.body = R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}})"
                        "\n"},
               {.body = list(object("7"), "8")},
               {.status = 410, .body = "{}"},
               {.body = list(object("9"), "9")},
               {.body = R"({"type":"MODIFIED","object":)" + object("10", R"(,"labels":{"ready":"yes"})") + "}\n"}});
  std::vector<std::string> heard;
  const auto done = connect()->wait(
      service,
      [](const Object* found) -> std::string {
        if (found == nullptr) return "it does not exist";
        return found->body->at("metadata").contains("labels") ? "" : "it is not labelled";
      },
      [&](const std::string& sentence) { heard.push_back(sentence); }, limits(600s));
  ASSERT_TRUE(done.has_value()) << done.error()[0].cause;
  EXPECT_EQ(heard, (std::vector<std::string>{"it does not exist", "it is not labelled"}));
  const auto all = targets();
  ASSERT_EQ(all.size(), 7U);
  EXPECT_NE(all[1].find("resourceVersion=1&"), std::string::npos) << all[1];
  EXPECT_NE(all[2].find("resourceVersion=3&"), std::string::npos) << all[2];
  EXPECT_NE(all[4].find("resourceVersion=8&"), std::string::npos) << all[4];
}

TEST_F(Scripted, ends_a_wait_as_soon_as_it_has_failed) {
  will_answer({{.body = list(object("1"), "1")}});
  const auto given_up = connect()->wait(
      service, [](const Object*) { return Readiness::failed("no quota"); }, {}, limits(600s));
  ASSERT_FALSE(given_up.has_value());
  EXPECT_EQ(given_up.error()[0].code, Code::not_ready);
  EXPECT_EQ(given_up.error()[0].summary, "controller gave up on the object");
  EXPECT_EQ(given_up.error()[0].cause, "no quota");
}

TEST_F(Scripted, does_not_spin_when_watches_end_at_once) {
  script_.clear();
  script_.push_back({.body = list("", "1")});
  for (int i = 0; i < 1000; ++i) script_.push_back({.body = ""});
  const auto client = connect();
  const auto late = client->wait(
      service, [](const Object*) { return "not yet"; }, {}, limits(120s));
  ASSERT_FALSE(late.has_value());
  EXPECT_EQ(late.error()[0].code, Code::not_ready);
  EXPECT_EQ(late.error()[0].cause, "not yet");
  EXPECT_LT(client->requests_sent(), 30U);
}

TEST_F(Scripted, stops_before_it_sends) {
  std::stop_source stop;
  stop.request_stop();
  CallLimits stopped = limits();
  stopped.stop = stop.get_token();
  const auto client = connect();
  EXPECT_EQ(client->version(stopped).error()[0].code, Code::cancelled);
  EXPECT_EQ(client
                ->wait(
                    service, [](const Object*) { return "x"; }, {}, stopped)
                .error()[0]
                .code,
            Code::cancelled);
  EXPECT_TRUE(server_.seen().empty());
}

TEST_F(Scripted, stops_trying_and_tells_the_last_answer) {
  std::stop_source stop;
  CallLimits stopped = limits();
  stopped.stop_trying = stop.get_token();
  stopped.on_retry = [&](const std::string&, auto) {
    if (server_.seen().size() == 2) stop.request_stop();
  };
  will_answer({{.status = 503, .body = "{}"}, {.status = 503, .body = "{}"}, {.body = object("7")}});
  const auto client = connect();
  const auto done = client->apply(service, {{"kind", "Service"}}, Force::no, stopped);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error()[0].code, Code::cancelled);
  EXPECT_NE(done.error()[0].cause.find("tried 2 times"), std::string::npos) << done.error()[0].cause;
  EXPECT_NE(done.error()[0].cause.find("503"), std::string::npos) << done.error()[0].cause;
  EXPECT_EQ(server_.seen().size(), 2U);
}

TEST_F(Scripted, lets_a_request_under_way_have_its_answer) {
  std::stop_source stop;
  CallLimits stopped = limits();
  stopped.stop_trying = stop.get_token();
  will_answer({{.body = object("7")}});
  while_answering_ = [&] { stop.request_stop(); };
  EXPECT_TRUE(connect()->apply(service, {{"kind", "Service"}}, Force::no, stopped).has_value());
}

TEST_F(Scripted, a_kubeconfig_that_is_missing_is_told_where_the_spec_names_it) {
  ClientOptions options;
  options.read_file = read_whole_file;
  ClusterSpec cluster;
  cluster.name = "dc1";
  cluster.kubeconfig = {"/nowhere/kubeconfig"};
  cluster.at = {"mesh.toml", 9, 1};
  Diagnostics warnings;
  const auto client = make_client_factory(time_, options)->connect(cluster, warnings);
  ASSERT_FALSE(client.has_value());
  EXPECT_EQ(client.error()[0].at, cluster.at);
  EXPECT_EQ(client.error()[0].where, "cluster dc1");
  EXPECT_NE(client.error()[0].cause.find("/nowhere/kubeconfig"), std::string::npos);
}

TEST_F(Scripted, dials_with_the_foreign_token_alone) {
  will_answer({{.body = "{}"}, {.status = 401}});
  const auto client = connect("token: own, as: boss");
  EXPECT_TRUE(client->dial(server_.url(), "", "foreign", "/api/v1/namespaces", limits()).has_value());
  EXPECT_EQ(server_.seen().at(0).authorization, "Bearer foreign");
  EXPECT_EQ(client->dial(server_.url(), "", "foreign", "/x", limits()).error()[0].code, Code::unauthorized);
}

TEST_F(Scripted, tries_an_unreachable_server_a_few_times_only) {
  const auto client = connect();
  const auto dead = client->dial("http://127.0.0.1:1", "", "t", "/version", limits());
  ASSERT_FALSE(dead.has_value());
  EXPECT_EQ(dead.error()[0].code, Code::unreachable);
  EXPECT_EQ(client->requests_sent(), 3U);
}

TEST_F(Scripted, repeats_a_broken_answer_on_a_fresh_connection) {
  RawServer broken(
      {"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"});
  EXPECT_TRUE(connect()->dial(broken.url(), "", "t", "/version", limits()).has_value());
  EXPECT_EQ(broken.accepted(), 2U);
}

}  // namespace
}  // namespace mesh::kubernetes
