#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <mutex>

#include "providers/kubernetes/client_factory.h"
#include "tests/support/fake_clock.h"
#include "tests/unit/kubernetes/tls_server.h"

namespace mesh::kubernetes {

inline constexpr const char* not_found =
    R"({"kind":"Status","status":"Failure","reason":"NotFound","message":"m","code":404})";
inline const ObjectId service{"v1", "Service", "n", "s"};

inline std::string object(const std::string& version, const std::string& extra = "") {
  return R"({"kind":"Service","apiVersion":"v1","metadata":{"name":"s","namespace":"n","uid":"u","resourceVersion":")" +
         version + "\"" + extra + "}}";
}
inline std::string list(const std::string& items, const std::string& version, const std::string& next = "") {
  return R"({"kind":"ServiceList","metadata":{"resourceVersion":")" + version + R"(","continue":")" + next +
         R"("},"items":[)" + items + "]}";
}

/// An API server that answers in the order of the script, then with 501, and a client of it.
class ScriptedServer : public ::testing::Test {
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
    auto client = factory_->connect(cluster, "mesh.prod", warnings);
    EXPECT_TRUE(client.has_value()) << (client ? "" : client.error()[0].cause);
    return client ? std::move(*client) : nullptr;
  }
  void will_answer(std::initializer_list<mesh::testing::Answer> answers) { script_.assign(answers); }
  CallLimits limits(std::chrono::milliseconds time = std::chrono::seconds(60)) {
    return {.deadline = time_.now() + time, .stop = {}, .on_retry = [this](const std::string& why, auto) {
              retries_.push_back(why);
            }};
  }
  std::vector<std::string> targets() const {
    std::vector<std::string> all;
    for (const auto& seen : server_.seen()) all.push_back(seen.method + " " + seen.target);
    return all;
  }

  mesh::testing::FakeClock time_;
  std::string token_file_ = "one";
  std::vector<std::string> retries_;
  std::function<void()> while_answering_;
  std::mutex mutex_;
  std::deque<mesh::testing::Answer> script_;
  mesh::testing::TestServer server_{[this](const mesh::testing::SeenRequest&) {
    const std::lock_guard lock(mutex_);
    if (while_answering_) while_answering_();
    if (script_.empty()) return mesh::testing::Answer{.status = 501};
    mesh::testing::Answer answer = script_.front();
    script_.pop_front();
    return answer;
  }};
  std::unique_ptr<ClientFactory> factory_;
};

}  // namespace mesh::kubernetes
