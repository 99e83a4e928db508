#include "providers/istio/injector.h"

#include <gtest/gtest.h>

#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

struct Injector : ::testing::Test {
  void put(const std::string& name, const std::string& values) {
    server.cluster.update({"v1", "ConfigMap", "istio-system", name}, "istio-operator",
                          [&](nlohmann::json& body) { body["data"]["values"] = values; });
  }
  std::optional<std::string> network(const std::string& revision) {
    Diagnostics warnings;
    const auto client = world.clients.connect({.name = "a"}, "mesh.prod", warnings);
    return istio::injected_network(**client, "istio-system", revision, {});
  }
  IstioWorld world{mesh_of({"a"})};
  FakeServer& server = world.clients.at("a");
};

TEST_F(Injector, tells_the_network_of_its_revision) {
  put("istio-sidecar-injector", R"({"global": {"network": "old"}})");
  put("istio-sidecar-injector-asm-1233-2", R"({"global": {"network": "dc1"}})");
  EXPECT_EQ(network("default"), "old");
  EXPECT_EQ(network("asm-1233-2"), "dc1");
}

TEST_F(Injector, without_a_network_gives_none) {
  put("istio-sidecar-injector", R"({"global": {}})");
  EXPECT_EQ(network("default"), "");
}

TEST_F(Injector, tells_nothing_where_it_cannot_be_read) {
  EXPECT_EQ(network("default"), std::nullopt);
  put("istio-sidecar-injector", "no JSON");
  EXPECT_EQ(network("default"), std::nullopt);
  put("istio-sidecar-injector", R"({"global": {"network": "dc1"}})");
  server.fail = [](const std::string&) { return Diagnostic{.code = Code::forbidden}; };
  EXPECT_EQ(network("default"), std::nullopt);
}

}  // namespace
}  // namespace mesh::testing
