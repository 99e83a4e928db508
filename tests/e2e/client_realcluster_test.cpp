// The client against a real API server: run under `tests/realcluster/run.sh --clusters 1 --`.
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "engine/base/digest.h"
#include "providers/kubernetes/client_factory.h"

namespace mesh::kubernetes {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

class RealClock final : public Clock {
 public:
  TimePoint now() const override { return std::chrono::steady_clock::now(); }
  std::chrono::system_clock::time_point wall() const override { return std::chrono::system_clock::now(); }
  bool sleep_until(TimePoint when, std::stop_token stop) override {
    std::mutex mutex;
    std::condition_variable_any never;
    std::unique_lock lock(mutex);
    never.wait_until(lock, stop, when, [] { return false; });
    return !stop.stop_requested();
  }
};

std::string words_of(const Diagnostics& why) {
  std::string text;
  for (const Diagnostic& one : why) {
    text += std::string(to_string(one.code)) + " [" + one.where + "] " + one.summary + ": " + one.cause + "\n";
  }
  return text;
}

#define ASSERT_OK(result)                                    \
  do {                                                       \
    const auto& got_ = (result);                             \
    ASSERT_TRUE(got_.has_value()) << words_of(got_.error()); \
  } while (false)
#define EXPECT_CODE(result, expected)                                    \
  do {                                                                   \
    const auto& got_ = (result);                                         \
    ASSERT_FALSE(got_.has_value());                                      \
    EXPECT_EQ(got_.error()[0].code, expected) << words_of(got_.error()); \
  } while (false)

class RealClient : public testing::Test {
 protected:
  void SetUp() override {
    const char* folder = std::getenv("MESH_TEST_DIR");
    ASSERT_NE(folder, nullptr) << "run under tests/realcluster/run.sh: MESH_TEST_DIR is not set";
    folder_ = folder;
    factory_ = make(500);
    client_ = connect(*factory_, folder_ + "/c1.kubeconfig");
    ASSERT_NE(client_, nullptr);
    const auto made =
        client_->apply(ns(), {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", "client-test"}}}},
                       Force::no, limits());
    ASSERT_OK(made);
  }

  static std::unique_ptr<ClientFactory> make(std::size_t page_size) {
    static RealClock clock;
    return make_client_factory(clock, {.environment = process_environment(), .page_size = page_size});
  }

  static std::unique_ptr<Client> connect(ClientFactory& factory, const std::string& kubeconfig) {
    ClusterSpec cluster;
    cluster.name = "c1";
    cluster.kubeconfig = {kubeconfig};
    Diagnostics diagnostics;
    auto client = factory.connect(cluster, "mesh.prod", diagnostics);
    EXPECT_TRUE(client.has_value()) << (client ? "" : words_of(client.error()));
    return client ? std::move(*client) : nullptr;
  }

  static CallLimits limits(std::chrono::milliseconds time = 20s) {
    return {.deadline = std::chrono::steady_clock::now() + time, .stop = {}, .on_retry = {}};
  }
  static ObjectId ns() { return {"v1", "Namespace", "", "client-test"}; }
  static ObjectId map(const std::string& name) { return {"v1", "ConfigMap", "client-test", name}; }
  static json map_body(const std::string& name, const json& data) {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"name", name}, {"namespace", "client-test"}}},
            {"data", data}};
  }
  void discard(const ObjectId& id) {
    const auto gone = client_->remove(id, "", limits());
    ASSERT_OK(gone);
  }

  std::string folder_;
  std::unique_ptr<ClientFactory> factory_;
  std::unique_ptr<Client> client_;
};

TEST_F(RealClient, says_what_it_is) {
  const auto version = client_->version(limits());
  ASSERT_OK(version);
  EXPECT_EQ(version->substr(0, 2), "v1");
}

TEST_F(RealClient, tells_in_which_versions_a_kind_is_served) {
  const auto served = [&](const std::string& api_version, const std::string& kind) {
    const auto answers = client_->read_all({{.id = {api_version, kind, "client-test", "absent"}}}, limits());
    EXPECT_TRUE(answers.front() && answers.front()->objects.empty());
    return answers.front() && answers.front()->served;
  };
  EXPECT_TRUE(served("networking.istio.io/v1", "Gateway"));
  EXPECT_FALSE(served("networking.istio.io/v7", "Gateway"));
  EXPECT_FALSE(served("nobody.example/v1", "Gateway"));
}

TEST_F(RealClient, a_survey_asks_all_of_it_at_once) {
  const ObjectId secret{"v1", "Secret", "client-test", "surveyed"};
  ASSERT_OK(client_->apply(secret, {{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", secret.name}}}},
                           Force::no, limits()));
  const std::vector<Read> reads = {{.id = ns()}, {.id = {"v1", "Secret", "", ""}, .content = Content::metadata_only}};
  const std::size_t before = client_->requests_sent();
  const Survey found = client_->survey(reads, limits());
  EXPECT_EQ(client_->requests_sent() - before, 3U);
  ASSERT_OK(found.version);
  EXPECT_EQ(*found.version, *client_->version(limits()));
  ASSERT_EQ(found.answers.size(), 2U);
  for (const auto& answer : found.answers) ASSERT_OK(answer);
  EXPECT_EQ(found.answers[0]->objects.size(), 1U);
  EXPECT_FALSE(found.answers[1]->objects.empty());
}

TEST_F(RealClient, reads_many_at_once_and_no_secret_data) {
  const ObjectId secret{"v1", "Secret", "client-test", "hidden"};
  const auto made = client_->apply(secret,
                                   {{"apiVersion", "v1"},
                                    {"kind", "Secret"},
                                    {"metadata", {{"name", "hidden"}, {"labels", {{"find", "me"}}}}},
                                    {"stringData", {{"value", "XYZZY"}}}},
                                   Force::no, limits());
  ASSERT_OK(made);
  const std::size_t before = client_->requests_sent();
  const auto answers =
      client_->read_all({{.id = {"v1", "Secret", "client-test", ""},
                          .label_selector = "find=me,!never",
                          .content = Content::metadata_only},
                         {.id = secret, .content = Content::metadata_only},
                         {.id = ns()},
                         {.id = map("absent")},
                         {.id = {"networking.istio.io/v1", "Gateway", "client-test", ""}},
                         {.id = {"nobody.example/v1", "Nothing", "client-test", ""}},
                         {.id = {"autoscaling/v2", "HorizontalPodAutoscaler", "client-test", ""}},
                         {.id = {"policy/v1", "PodDisruptionBudget", "client-test", ""}},
                         {.id = {"rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "", "cluster-admin"}},
                         {.id = {"coordination.k8s.io/v1", "Lease", "client-test", ""}}},
                        limits());
  EXPECT_EQ(client_->requests_sent() - before, 10U);
  for (const auto& answer : answers) ASSERT_OK(answer);
  ASSERT_EQ(answers[0]->objects.size(), 1U);
  EXPECT_EQ(answers[0]->objects[0].id, secret);
  EXPECT_TRUE(answers[0]->objects[0].metadata_only);
  EXPECT_FALSE(answers[0]->objects[0].body->contains("data"));
  EXPECT_FALSE(answers[0]->objects[0].managers.empty());
  ASSERT_EQ(answers[1]->objects.size(), 1U);
  EXPECT_FALSE(answers[1]->objects[0].body->contains("data"));
  EXPECT_EQ(answers[1]->objects[0].uid, made->object.uid);
  EXPECT_EQ(answers[2]->objects.size(), 1U);
  EXPECT_TRUE(answers[3]->objects.empty() && answers[3]->served);
  EXPECT_TRUE(answers[4]->served);
  EXPECT_FALSE(answers[5]->served);
  EXPECT_TRUE(answers[6]->served && answers[7]->served && answers[9]->served);
  EXPECT_EQ(answers[8]->objects.size(), 1U);
  discard(secret);
}

TEST_F(RealClient, lists_page_by_page) {
  const auto factory = make(3);
  const auto paging = connect(*factory, folder_ + "/c1.kubeconfig");
  ASSERT_NE(paging, nullptr);
  for (int i = 0; i < 10; ++i) {
    auto body = map_body("page-" + std::to_string(i), json::object());
    body["metadata"]["labels"] = {{"paged", "yes"}};
    ASSERT_OK(paging->apply(map("page-" + std::to_string(i)), body, Force::no, limits()));
  }
  const std::size_t before = paging->requests_sent();
  const auto answers =
      paging->read_all({{.id = {"v1", "ConfigMap", "client-test", ""}, .label_selector = "paged"}}, limits());
  ASSERT_OK(answers[0]);
  EXPECT_EQ(answers[0]->objects.size(), 10U);
  EXPECT_EQ(paging->requests_sent() - before, 4U);
  for (int i = 0; i < 10; ++i) discard(map("page-" + std::to_string(i)));
}

/// What one stream of a connection reads may be the end of another, which libcurl 7.88 does not look at again by
/// itself: it lay until the connect timeout (10 s). Answers of several frames, with the end in one of its own, bring it
/// about.
TEST_F(RealClient, no_stream_lies_until_a_timeout) {
  constexpr int rounds = 300;
  constexpr int maps = 8;
  constexpr int at_once = 24;
  constexpr std::chrono::nanoseconds longest_allowed = 5s;
  for (int i = 0; i < maps; ++i) {
    const std::string name = "stream-" + std::to_string(i);
    const json data = {{"k", std::string(2'000U << i, 'x')}};
    ASSERT_OK(client_->apply(map(name), map_body(name, data), Force::yes, limits()));
  }
  std::vector<Read> reads;
  for (int i = 0; i < at_once; ++i) reads.push_back({.id = map("stream-" + std::to_string(i % maps))});
  for (int round = 0; round < rounds; ++round) {
    // The first round of a factory is the one of a plan: it connects.
    const auto factory = round % 10 == 0 ? make(500) : nullptr;
    const auto fresh = factory ? connect(*factory, folder_ + "/c1.kubeconfig") : nullptr;
    Client& client = fresh ? *fresh : *client_;
    const auto start = std::chrono::steady_clock::now();
    const auto answers = client.read_all(reads, limits(60s));
    const std::chrono::nanoseconds took = std::chrono::steady_clock::now() - start;
    for (const auto& answer : answers) ASSERT_OK(answer);
    ASSERT_LT(took, longest_allowed) << "round " << round;
  }
  for (int i = 0; i < maps; ++i) discard(map("stream-" + std::to_string(i)));
}

TEST_F(RealClient, applies_with_preconditions) {
  const auto created = client_->apply(map("a"), map_body("a", {{"k", "1"}}), Force::no, limits());
  ASSERT_OK(created);
  const auto same = client_->apply(map("a"), map_body("a", {{"k", "1"}}), Force::no, limits());
  ASSERT_OK(same);
  EXPECT_TRUE(created->created);
  EXPECT_FALSE(same->created);
  EXPECT_EQ(same->object.resource_version, created->object.resource_version);
  auto body = map_body("a", {{"k", "2"}});
  body["metadata"]["resourceVersion"] = created->object.resource_version;
  const auto changed = client_->apply(map("a"), body, Force::no, limits());
  ASSERT_OK(changed);
  body["data"]["k"] = "3";
  EXPECT_CODE(client_->apply(map("a"), body, Force::no, limits()), Code::conflict);
  body["metadata"].erase("resourceVersion");
  body["metadata"]["uid"] = "11111111-2222-3333-4444-555555555555";
  EXPECT_CODE(client_->apply(map("a"), body, Force::no, limits()), Code::conflict);
  EXPECT_CODE(client_->apply(
                  map("never-made"),
                  [&] {
                    auto other = map_body("never-made", json::object());
                    other["metadata"]["uid"] = "11111111-2222-3333-4444-555555555555";
                    return other;
                  }(),
                  Force::no, limits()),
              Code::conflict);
  EXPECT_CODE(
      client_->apply({"v1", "ConfigMap", "no-such-namespace", "a"},
                     {{"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", "a"}}}}, Force::no, limits()),
      Code::not_found);
  discard(map("a"));
}

TEST_F(RealClient, tells_fields_of_others_and_takes_them_when_forced) {
  ASSERT_OK(client_->apply(map("shared"), map_body("shared", {{"k", "ours"}}), Force::no, limits()));
  // A merge patch by the same manager, operation Update, is another owner to the API server.
  const auto patched = client_->patch(map("shared"), kubernetes::PatchType::merge,
                                      {{"data", {{"k", "theirs"}, {"extra", "1"}}}}, limits());
  ASSERT_OK(patched);
  EXPECT_EQ(patched->body->at("data")["k"], "theirs");
  const auto refused = client_->apply(map("shared"), map_body("shared", {{"k", "ours"}}), Force::no, limits());
  EXPECT_CODE(refused, Code::field_conflict);
  EXPECT_NE(refused.error()[0].cause.find(".data.k"), std::string::npos) << refused.error()[0].cause;
  const auto taken = client_->apply(map("shared"), map_body("shared", {{"k", "ours"}}), Force::yes, limits());
  ASSERT_OK(taken);
  EXPECT_EQ(taken->object.body->at("data")["k"], "ours");
  const auto without =
      client_->patch(map("shared"), kubernetes::PatchType::merge, {{"data", {{"extra", nullptr}}}}, limits());
  ASSERT_OK(without);
  EXPECT_FALSE(without->body->at("data").contains("extra"));
  discard(map("shared"));
}

TEST_F(RealClient, has_unknown_fields_refused_without_a_retry) {
  const std::size_t before = client_->requests_sent();
  auto body = map_body("odd", json::object());
  body["wrong"] = 1;
  EXPECT_CODE(client_->apply(map("odd"), body, Force::no, limits()), Code::rejected);
  EXPECT_EQ(client_->requests_sent() - before, 1U);
  const ObjectId gateway{"networking.istio.io/v1", "Gateway", "client-test", "odd"};
  EXPECT_CODE(client_->apply(gateway,
                             {{"apiVersion", "networking.istio.io/v1"},
                              {"kind", "Gateway"},
                              {"metadata", {{"name", "odd"}}},
                              {"spec", {{"selektor", {{"a", "b"}}}}}},
                             Force::no, limits()),
              Code::rejected);
}

TEST_F(RealClient, never_quotes_a_secret) {
  const ObjectId secret{"v1", "Secret", "client-test", "quoted"};
  const auto refused = client_->apply(
      secret,
      {{"apiVersion", "v1"}, {"kind", "Secret"}, {"metadata", {{"name", "quoted"}}}, {"data", {{"k", "XYZZY!"}}}},
      Force::no, limits());
  EXPECT_CODE(refused, Code::rejected);
  EXPECT_EQ(words_of(refused.error()).find("XYZZY"), std::string::npos) << words_of(refused.error());
}

TEST_F(RealClient, removes_by_uid_and_returns_when_it_is_gone) {
  const auto made = client_->apply(map("gone"), map_body("gone", json::object()), Force::no, limits());
  ASSERT_OK(made);
  EXPECT_CODE(client_->remove(map("gone"), "11111111-2222-3333-4444-555555555555", limits()), Code::conflict);
  ASSERT_OK(client_->remove(map("gone"), made->object.uid, limits()));
  const auto left = client_->read_all({{.id = map("gone")}}, limits());
  ASSERT_OK(left[0]);
  EXPECT_TRUE(left[0]->objects.empty());
  ASSERT_OK(client_->remove(map("gone"), made->object.uid, limits()));
}

json deployment(const std::string& name) {
  return json::parse(R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":")" + name +
                     R"("},"spec":{"replicas":1,
    "selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{"app":"x"}},
    "spec":{"containers":[{"name":"c","image":"none"}]}}}})");
}

TEST_F(RealClient, waits_until_ready_and_removes_in_the_foreground) {
  const ObjectId id{"apps/v1", "Deployment", "client-test", "waited"};
  const auto made = client_->apply(id, deployment("waited"), Force::no, limits());
  ASSERT_OK(made);
  std::vector<std::string> heard;
  const std::size_t before = client_->requests_sent();
  const auto ready = client_->wait(
      {.id = id},
      [](const Object* object) -> std::string {
        if (object == nullptr) return "it does not exist";
        const auto status = object->body->value("status", json::object());
        return status.value("availableReplicas", 0) >= 1 ? "" : "no replica is available";
      },
      [&](const std::string& words) { heard.push_back(words); }, limits(60s));
  ASSERT_OK(ready);
  EXPECT_LE(client_->requests_sent() - before, 3U) << "it polls";
  ASSERT_OK(client_->remove(id, made->object.uid, limits(60s)));
  const auto left = client_->read_all({{.id = {"apps/v1", "ReplicaSet", "client-test", ""}}}, limits());
  ASSERT_OK(left[0]);
  EXPECT_TRUE(left[0]->objects.empty());
}

TEST_F(RealClient, says_what_was_missing_at_the_deadline) {
  const auto late = client_->wait(
      {.id = map("nobody-makes-me")}, [](const Object* object) { return object == nullptr ? "it does not exist" : ""; },
      {}, limits(300ms));
  EXPECT_CODE(late, Code::not_ready);
  EXPECT_EQ(late.error()[0].cause, "it does not exist");
}

TEST_F(RealClient, wait_sees_what_another_creates) {
  std::jthread other([&] {
    EXPECT_TRUE(
        client_->apply(map("made-later"), map_body("made-later", json::object()), Force::no, limits()).has_value());
  });
  ASSERT_OK(client_->wait(
      {.id = map("made-later")}, [](const Object* object) { return object == nullptr ? "it does not exist" : ""; }, {},
      limits()));
  other.join();
  discard(map("made-later"));
}

TEST_F(RealClient, wait_stops_when_asked) {
  std::stop_source stop;
  CallLimits stoppable = limits();
  stoppable.stop = stop.get_token();
  const auto stopped = client_->wait(
      {.id = map("never")},
      [&](const Object*) {
        stop.request_stop();
        return "nothing comes";
      },
      {}, stoppable);
  EXPECT_CODE(stopped, Code::cancelled);
}

TEST_F(RealClient, writes_and_watches_secrets_without_seeing_their_data) {
  const ObjectId secret{"v1", "Secret", "client-test", "unseen"};
  const auto no_data = [](const Object& object) {
    return object.metadata_only && !object.body->contains("data") && !object.body->contains("stringData");
  };
  const auto made = client_->apply(secret,
                                   {{"apiVersion", "v1"},
                                    {"kind", "Secret"},
                                    {"metadata", {{"name", "unseen"}}},
                                    {"stringData", {{"value", "XYZZY"}}}},
                                   Force::no, limits());
  ASSERT_OK(made);
  EXPECT_EQ(made->object.id, secret);
  EXPECT_TRUE(no_data(made->object)) << made->object.body->dump();
  const auto patched =
      client_->patch(secret, kubernetes::PatchType::merge,
                     {{"metadata", {{"labels", {{"seen", "no"}}}}}, {"data", {{"more", "eA=="}}}}, limits());
  ASSERT_OK(patched);
  EXPECT_TRUE(no_data(*patched)) << patched->body->dump();
  // The first state comes from a list, the second from a watch.
  int states = 0;
  std::jthread other;
  ASSERT_OK(client_->wait(
      {.id = secret},
      [&](const Object* object) {
        if (object == nullptr) return "it does not exist";
        EXPECT_TRUE(no_data(*object)) << object->body->dump();
        if (++states == 2) return "";
        other = std::jthread([&] {
          EXPECT_TRUE(client_->patch(secret, kubernetes::PatchType::merge, {{"data", {{"value", nullptr}}}}, limits())
                          .has_value());
        });
        return "nobody changed it";
      },
      {}, limits()));
  other.join();
  const auto whole = client_->read_all({{.id = secret, .content = Content::whole}}, limits());
  ASSERT_OK(whole[0]);
  ASSERT_EQ(whole[0]->objects.size(), 1U);
  EXPECT_EQ(whole[0]->objects[0].body->at("data"), (json{{"more", "eA=="}}));
  discard(secret);
}

TEST_F(RealClient, tells_refused_tokens_and_missing_rights) {
  EXPECT_CODE(client_->dial(client_->server(), client_->ca_pem(), "not-a-token", "/api/v1/namespaces", limits()),
              Code::unauthorized);
  EXPECT_CODE(client_->dial(client_->server(), "", "not-a-token", "/api/v1/namespaces", limits()), Code::tls_failed);
  EXPECT_CODE(client_->dial("https://127.0.0.1:1", client_->ca_pem(), "t", "/api/v1/namespaces", limits()),
              Code::unreachable);
  const ObjectId account{"v1", "ServiceAccount", "client-test", "reader"};
  const ObjectId token{"v1", "Secret", "client-test", "reader-token"};
  ASSERT_OK(client_->apply(account,
                           {{"apiVersion", "v1"}, {"kind", "ServiceAccount"}, {"metadata", {{"name", "reader"}}}},
                           Force::no, limits()));
  ASSERT_OK(client_->apply(
      token,
      {{"apiVersion", "v1"},
       {"kind", "Secret"},
       {"metadata", {{"name", "reader-token"}, {"annotations", {{"kubernetes.io/service-account.name", "reader"}}}}},
       {"type", "kubernetes.io/service-account-token"}},
      Force::no, limits()));
  ASSERT_OK(client_->wait(
      {.id = token},
      [](const Object* object) {
        if (object == nullptr) return "it does not exist";
        const bool filled = std::any_of(object->managers.begin(), object->managers.end(), [](const auto& entry) {
          return entry.fields->contains("/f:data/f:token"_json_pointer);
        });
        return filled ? "" : "no token yet";
      },
      {}, limits()));
  const auto read = client_->read_all({{.id = token, .content = Content::whole}}, limits());
  ASSERT_OK(read[0]);
  ASSERT_EQ(read[0]->objects.size(), 1U);
  const std::string bearer = *base64_decode(read[0]->objects[0].body->at("data").at("token").get<std::string>());
  EXPECT_CODE(client_->dial(client_->server(), client_->ca_pem(), bearer, "/api/v1/namespaces", limits()),
              Code::forbidden);
  ASSERT_OK(client_->dial(client_->server(), client_->ca_pem(), bearer, "/version", limits()));
  discard(token);
  discard(account);
}

}  // namespace
}  // namespace mesh::kubernetes
