#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "providers/platform/platforms.h"
#include "tests/support/golden.h"
#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

std::string bodies(const DesiredState& desired, const std::string& cluster) {
  nlohmann::json found = nlohmann::json::object();
  for (const DesiredAction& action : desired.actions) {
    if (action.cluster != cluster) continue;
    for (const DesiredObject& object : action.objects) {
      found[fmt::format("{}: {}", action.address.text, to_string(object.id))] = object.body;
    }
  }
  return found.dump(2) + "\n";
}

class DesiredBuilderGolden : public ::testing::TestWithParam<std::string> {};

/// Two clusters: `a` with the defaults, `b` with everything that a gateway can be told.
TEST_P(DesiredBuilderGolden, objects) {
  Spec spec = mesh_of({"a", "b"}, GetParam());
  GatewaySpec& gateway = spec.clusters.at("b").gateway;
  gateway = {.replicas = {3, 9}, .exposure = Exposure::internal, .source_ranges = {"10.0.0.0/8", "192.0.2.0/24"}};
  if (platform::all().at(GetParam()).load_balancer_ip) gateway.load_balancer_ip = "10.1.2.3";
  IstioWorld world(spec);
  const LiveState live = world.look();
  const DesiredState desired = world.want(live);
  EXPECT_TRUE(desired.diagnostics.empty() && desired.of_cluster.empty());
  const auto folder = golden_folder("desired") / GetParam();
  if (GetParam() == "kubernetes") expect_golden(folder / "defaults.json", bodies(desired, "a"));
  expect_golden(folder / "service.json", find_object(desired, "a/gateway", "Service")->body.dump(2) + "\n");
  expect_golden(folder / "internal.json", find_object(desired, "b/gateway", "Service")->body.dump(2) + "\n");
}

INSTANTIATE_TEST_SUITE_P(all, DesiredBuilderGolden,
                         ::testing::Values("gke-vmware", "gdc-bare-metal", "gke-azure", "gke-aws", "eks", "aks",
                                           "kubernetes"),
                         [](const auto& one) {
                           std::string name = one.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace mesh::testing
