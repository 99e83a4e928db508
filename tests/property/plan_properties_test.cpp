#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>

#include "engine/plan/make_plan.h"
#include "providers/kubernetes/schema/field_schemas.h"
#include "tests/support/plan_case.h"

namespace mesh {
namespace {

using nlohmann::json;
using testing::PlanCase;

/// Random meshes and worlds. The seed stands in each failure; MESH_SEED repeats one.
class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int upto(int n) { return static_cast<int>(engine_() % static_cast<unsigned>(n)); }
  bool heads() { return upto(2) == 0; }
  std::mt19937& engine() { return engine_; }

 private:
  std::mt19937 engine_;
};

json labels(const char* extra) {
  json all = {{managed_by_label, "mesh"}, {mesh_label, "prod"}};
  if (extra != nullptr) all[extra] = "x";
  return all;
}

json service(Dice& dice) {
  json ports = json::array();
  for (int port = 0; port < 4; ++port) {
    if (dice.heads()) continue;
    json item = {{"port", 15000 + port}, {"name", "p" + std::to_string(dice.upto(2))}};
    if (dice.heads()) item["protocol"] = dice.heads() ? "TCP" : "UDP";
    ports.push_back(item);
  }
  json body = {
      {"apiVersion", "v1"},
      {"kind", "Service"},
      {"metadata", {{"name", "gw"}, {"namespace", "ns"}, {"labels", labels(dice.heads() ? "extra" : nullptr)}}},
      {"spec", {{"type", dice.heads() ? "LoadBalancer" : "NodePort"}, {"selector", {{"app", "gw"}}}}}};
  if (!ports.empty()) body["spec"]["ports"] = ports;
  if (dice.heads()) body["spec"]["selector"]["istio"] = "gw";
  if (dice.heads()) body["spec"]["loadBalancerSourceRanges"] = {"10.0.0.0/8"};
  return body;
}

json deployment(Dice& dice) {
  const std::vector<json> cpus = {"0.1", "100m", "2000m", 2, "1500m"};
  json env = json::array();
  for (const char* name : {"A", "B", "C"}) {
    if (dice.heads()) env.push_back({{"name", name}, {"value", std::to_string(dice.upto(2))}});
  }
  json container = {{"name", "istio-proxy"}, {"image", dice.heads() ? "auto" : "other"}};
  container["resources"]["requests"] = {{"cpu", cpus[static_cast<std::size_t>(dice.upto(5))]}, {"memory", "1024Mi"}};
  if (!env.empty()) container["env"] = env;
  json spec = {{"selector", {{"matchLabels", {{"app", "gw"}}}}}};
  if (dice.upto(4) == 0) spec["selector"]["matchLabels"]["old"] = "x";
  spec["template"]["spec"]["containers"] = {container};
  if (dice.heads()) spec["template"]["spec"]["nodeSelector"] = {{"zone", std::to_string(dice.upto(2))}};
  return {{"apiVersion", "apps/v1"},
          {"kind", "Deployment"},
          {"metadata", {{"name", "gw"}, {"namespace", "ns"}, {"labels", labels(nullptr)}}},
          {"spec", spec}};
}

json reader() {
  return {{"apiVersion", "v1"},
          {"kind", "ServiceAccount"},
          {"metadata", {{"name", "reader"}, {"namespace", "ns"}, {"labels", labels(nullptr)}}}};
}

json remote(const std::string& peer) {
  return {{"apiVersion", "v1"},
          {"kind", "Secret"},
          {"metadata",
           {{"name", "remote-" + peer},
            {"namespace", "ns"},
            {"labels", labels("multi")},
            {"annotations", {{"reader", nullptr}}}}},
          {"data", {{peer, nullptr}}}};
}

json random_desired(Dice& dice, int clusters) {
  const auto presence = [&] { return dice.upto(5) == 0 ? "absent" : "present"; };
  json actions = json::array();
  std::map<std::string, const char*> readers;
  for (int i = 0; i < clusters; ++i) {
    const std::string c = "c" + std::to_string(i);
    readers[c] = presence();
    actions.push_back({{"address", c + "/reader"},
                       {"presence", readers[c]},
                       {"objects", {{{"body", reader()}, {"ownership", dice.heads() ? "shared" : "owned"}}}}});
    actions.push_back({{"address", c + "/gateway"},
                       {"presence", presence()},
                       {"depends_on", {c + "/reader"}},
                       {"objects", {{{"body", service(dice)}}, {{"body", deployment(dice)}}}}});
  }
  for (int i = 0; i < clusters; ++i) {
    for (int j = 0; j < clusters; ++j) {
      if (i == j) continue;
      const std::string c = "c" + std::to_string(i), p = "c" + std::to_string(j);
      const bool absent = std::string(readers[p]) == "absent" || dice.upto(6) == 0;
      const json secret = {
          {"body", remote(p)},
          {"sensitive", {"data." + p}},
          {"exclusive", {"data"}},
          {"references", {{{"path", "metadata.annotations.reader"}, {"cluster", p}, {"source", reader()}}}}};
      actions.push_back({{"address", c + "/discovery/" + p},
                         {"presence", absent ? "absent" : "present"},
                         {"depends_on", {c + "/gateway", p + "/reader", p + "/gateway"}},
                         {"objects", {secret}}});
    }
  }
  return actions;
}

/// Writes of others, and of earlier applies.
void live_through(Dice& dice, testing::FakeCluster& cluster) {
  static const ObjectId gateway{"v1", "Service", "ns", "gw"}, pods{"apps/v1", "Deployment", "ns", "gw"};
  for (int events = dice.upto(5); events > 0; --events) {
    const std::string by = dice.heads() ? "istio-operator" : "kubectl-edit";
    switch (dice.upto(6)) {
      case 0:
        (void)cluster.apply(gateway, service(dice), "mesh.prod", testing::Forced::yes);
        break;
      case 1:
        (void)cluster.apply(pods, deployment(dice), dice.heads() ? "mesh.prod" : by, testing::Forced::yes);
        break;
      case 2:
        cluster.update(gateway, by, [&](json& body) { body.merge_patch(service(dice)); });
        break;
      case 3:
        cluster.update({"v1", "ServiceAccount", "ns", "reader"}, by,
                       [&](json& body) { body["metadata"]["labels"]["by"] = by; });
        break;
      case 4:
        cluster.update({"v1", "Secret", "ns", "remote-c0"}, by, [&](json& body) { body["data"]["c9"] = "QQ=="; });
        break;
      default:
        if (cluster.find(gateway) != nullptr) cluster.reset_ownership(gateway);
    }
  }
}

PlanCase random_case(Dice& dice) {
  const int count = 1 + dice.upto(4);
  json clusters = json::object();
  for (int i = 0; i < count; ++i) clusters["c" + std::to_string(i)] = json::array();
  PlanCase world = testing::read_plan_case({{"desired", random_desired(dice, count)}, {"clusters", clusters}},
                                           kubernetes::field_schemas());
  for (auto& [name, cluster] : world.clusters) live_through(dice, cluster);
  return world;
}

Plan plan_of(const PlanCase& world, const LiveState& live) {
  Result<Plan> plan = make_plan({.mesh = world.mesh,
                                 .spec_digest = "",
                                 .desired = world.desired,
                                 .live = live,
                                 .schemas = kubernetes::field_schemas()});
  EXPECT_TRUE(plan.has_value());
  return plan ? *plan : Plan{};
}

class PlanProperties : public ::testing::TestWithParam<int> {
 protected:
  unsigned seed_ = [] {
    const char* text = std::getenv("MESH_SEED");
    return text == nullptr ? static_cast<unsigned>(GetParam()) + 20261101U
                           : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
  }();
  Dice dice_{seed_};
  PlanCase world_ = random_case(dice_);
};

TEST_P(PlanProperties, applying_leaves_nothing_to_plan) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  const LiveState live = testing::live_of(world_);
  const Plan plan = plan_of(world_, live);
  const auto done = testing::carry_out(plan, world_);
  ASSERT_TRUE(done.has_value()) << done.error().front().cause << testing::dump(plan);
  const LiveState after = testing::live_of(world_);
  const Plan again = plan_of(world_, after);
  EXPECT_FALSE(has_changes(again)) << testing::dump(plan) << "---\n" << testing::dump(again);
  EXPECT_TRUE(again.complete);
}

TEST_P(PlanProperties, the_order_of_the_input_does_not_matter) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  const LiveState live = testing::live_of(world_);
  const Plan plan = plan_of(world_, live);
  PlanCase shuffled = world_;
  std::shuffle(shuffled.desired.actions.begin(), shuffled.desired.actions.end(), dice_.engine());
  for (DesiredAction& action : shuffled.desired.actions)
    std::shuffle(action.depends_on.begin(), action.depends_on.end(), dice_.engine());
  EXPECT_EQ(plan, plan_of(shuffled, live));
}

TEST_P(PlanProperties, each_need_precedes_its_user) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  const LiveState live = testing::live_of(world_);
  std::map<Address, std::size_t> seen;
  for (const Action& action : plan_of(world_, live).actions) {
    for (const Address& need : action.depends_on)
      EXPECT_TRUE(seen.contains(need)) << need.text << " " << action.address.text;
    seen.emplace(action.address, seen.size());
  }
  EXPECT_EQ(seen.size(), world_.desired.actions.size());
}

TEST_P(PlanProperties, foreign_writes_show_as_exactly_the_fields_that_they_touch) {
  SCOPED_TRACE("seed " + std::to_string(seed_));
  const LiveState live = testing::live_of(world_);
  ASSERT_TRUE(testing::carry_out(plan_of(world_, live), world_).has_value());
  const ObjectId id{"v1", "Service", "ns", "gw"};
  testing::FakeCluster& cluster = world_.clusters.begin()->second;
  if (cluster.find(id) == nullptr) return;
  const bool ours = dice_.heads();
  const std::string path = ours ? "spec.type" : "spec.externalTrafficPolicy";
  cluster.update(id, "kubectl-edit",
                 [&](json& body) { body["spec"][ours ? "type" : "externalTrafficPolicy"] = "Odd"; });
  std::vector<std::string> found;
  const LiveState touched = testing::live_of(world_);
  for (const Action& action : plan_of(world_, touched).actions) {
    for (const ObjectChange& object : action.objects) {
      for (const FieldChange& change : object.fields) {
        found.push_back(to_string(change.path));
        ASSERT_EQ(change.owned_by.size(), 1U);
        EXPECT_EQ(change.owned_by[0].manager, "kubectl-edit");
      }
    }
  }
  const auto is_desired = [&](const DesiredAction& action) {
    return action.address.text == "c0/gateway" && action.presence == Presence::present;
  };
  const bool desired = std::any_of(world_.desired.actions.begin(), world_.desired.actions.end(), is_desired);
  EXPECT_EQ(found, ours && desired ? std::vector<std::string>{path} : std::vector<std::string>{});
}

INSTANTIATE_TEST_SUITE_P(Seeds, PlanProperties, ::testing::Range(0, 60));

}  // namespace
}  // namespace mesh
