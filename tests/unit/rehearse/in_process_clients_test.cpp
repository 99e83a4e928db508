#include "engine/rehearse/in_process_clients.h"

#include <gtest/gtest.h>

#include <future>

#include "tests/unit/rehearse/two_clusters.h"

namespace mesh::rehearse {
namespace {

using namespace std::chrono_literals;
using mesh::testing::TwoClusters;

class InProcessClients : public ::testing::Test {
 protected:
  InProcessClients() {
    Diagnostics warnings;
    auto connected = mesh_.clients->connect(mesh_.spec.clusters.at("c1"), "mesh.prod", warnings);
    if (connected) client_ = std::move(*connected);
  }
  kubernetes::CallLimits limits(std::stop_token stop = {}) {
    return {.deadline = mesh_.clock.now() + 20s, .stop = std::move(stop)};
  }

  TwoClusters mesh_;
  std::unique_ptr<kubernetes::Client> client_;
  const ObjectId map_{.api_version = "v1", .kind = "ConfigMap", .ns = "default", .name = "a.b-c"};
  const nlohmann::json body_ = {{"apiVersion", "v1"},
                                {"kind", "ConfigMap"},
                                {"metadata", {{"name", "a.b-c"}, {"namespace", "default"}}},
                                {"data", {{"key", "value"}}}};
};

TEST_F(InProcessClients, writes_and_reads_as_mesh) {
  const auto applied = client_->apply(map_, body_, kubernetes::Force::no, limits());
  ASSERT_TRUE(applied) << applied.error().front().cause;
  EXPECT_TRUE(applied->created);
  ASSERT_FALSE(applied->object.managers.empty());
  EXPECT_EQ(applied->object.managers.front().manager, "mesh.prod");
  const auto found = client_->read_all({{.id = map_}}, limits());
  ASSERT_TRUE(found.front());
  EXPECT_EQ(found.front()->objects.size(), 1);
  ASSERT_TRUE(client_->remove(map_, applied->object.uid, limits()));
  EXPECT_TRUE(client_->read_all({{.id = map_}}, limits()).front()->objects.empty());
}

TEST_F(InProcessClients, a_watch_ends_when_another_writes_what_is_missing) {
  std::promise<void> missed;
  auto done = std::async(std::launch::async, [&] {
    return client_->wait(
        {.id = map_}, [](const Object* object) { return object == nullptr ? "absent" : ""; },
        [&](const std::string&) { missed.set_value(); }, limits());
  });
  missed.get_future().wait();
  ASSERT_EQ(simulator::apply_object(mesh_.simulation->api("c1"), body_, "kubectl"), "");
  EXPECT_TRUE(done.get());
}

TEST_F(InProcessClients, a_watch_ends_when_it_is_stopped) {
  std::stop_source stop;
  const auto done = client_->wait(
      {.id = map_}, [](const Object*) { return "absent"; }, [&](const std::string&) { stop.request_stop(); },
      limits(stop.get_token()));
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().front().code, Code::cancelled);
}

TEST_F(InProcessClients, servers_are_told_apart_by_address_authority_and_token) {
  const std::string server = mesh_.simulation->server("c2");
  const std::string& ca = mesh_.simulation->ca_pem();
  const std::string& token = mesh_.simulation->admin_token("c2");
  const auto code = [&](const Result<void>& dialled) {
    return dialled ? Code::internal : dialled.error().front().code;
  };
  EXPECT_TRUE(client_->dial(server, ca, token, "/version", limits()));
  kubernetes::CallLimits soon;
  soon.deadline = mesh_.clock.now() + 50ms;
  EXPECT_EQ(code(client_->dial("https://elsewhere.example", ca, token, "/version", soon)), Code::unreachable);
  EXPECT_EQ(code(client_->dial(server, simulator::make_root("other").certificate, token, "/version", limits())),
            Code::tls_failed);
  EXPECT_EQ(code(client_->dial(server, ca, "none", "/api/v1/namespaces", limits())), Code::unauthorized);
}

}  // namespace
}  // namespace mesh::rehearse
