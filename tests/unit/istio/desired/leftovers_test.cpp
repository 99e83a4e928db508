#include "providers/istio/desired/leftovers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/json.h"
#include "providers/istio/desired/names.h"
#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

const std::string old_ns = "istio-system";
const std::string new_ns = "istio-new";

/// {a, b} is applied, then the spec names another system namespace, in which the control planes are as well.
struct MovedWorld : IstioWorld {
  MovedWorld() : IstioWorld(mesh_of({"a", "b"})) {
    EXPECT_TRUE(succeeded(apply(plan())));
    spec.mesh.system_namespace = new_ns;
    for (const char* name : {"a", "b"}) {
      clients.at(name).install_istiod("asm-1233-2", spec.clusters.at(name).id, new_ns);
    }
  }
};

std::ptrdiff_t place_of(const Plan& plan, const std::string& address) {
  const auto found = std::find_if(plan.actions.begin(), plan.actions.end(),
                                  [&](const Action& action) { return action.address.text == address; });
  EXPECT_NE(found, plan.actions.end()) << address;
  return found - plan.actions.begin();
}

/// What of `ns` carries the labels of the mesh.
std::vector<std::string> ours_in(FakeServer& server, const std::string& ns, const std::string& mesh = "prod") {
  std::vector<std::string> found;
  for (const auto& [id, object] : server.cluster.read({}).found) {
    if (id.ns == ns && created_by_mesh(object, mesh)) found.push_back(to_string(id));
  }
  return found;
}

json labelled(const ObjectId& id, const std::string& mesh = "prod") {
  json body = {{"apiVersion", id.api_version},
               {"kind", id.kind},
               {"metadata", {{"name", id.name}, {"labels", {{managed_by_label, "mesh"}, {mesh_label, mesh}}}}}};
  if (!id.ns.empty()) body["metadata"]["namespace"] = id.ns;
  return body;
}

TEST(Leftovers, another_system_namespace_is_made_before_the_old_one_is_broken) {
  MovedWorld world;
  const Plan plan = world.plan();
  EXPECT_THAT(lines_of(plan), Contains("a/discovery/b create"));
  EXPECT_THAT(lines_of(plan), Contains("a/network/former update"));
  for (const char* kind : {"/reader", "/gateway", "/expose", "/discovery/b"}) {
    const std::string address = std::string("a") + kind;
    EXPECT_THAT(lines_of(plan), Contains(address + "/former delete"));
    EXPECT_GT(place_of(plan, address + "/former"), place_of(plan, address));
  }
  EXPECT_GT(place_of(plan, "a/expose/former"), place_of(plan, "b/discovery/a/former"));
  EXPECT_GT(place_of(plan, "a/gateway/former"), place_of(plan, "a/expose/former"));
  EXPECT_GT(place_of(plan, "a/reader/former"), place_of(plan, "b/discovery/a/former"));
  EXPECT_GT(place_of(plan, "a/network/former"), place_of(plan, "a/gateway/former"));

  EXPECT_TRUE(succeeded(world.apply(plan)));
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
  for (const char* name : {"a", "b"}) {
    EXPECT_THAT(ours_in(world.clients.at(name), old_ns), IsEmpty());
    const Object* home = world.clients.at(name).cluster.find(istio::namespace_id(old_ns));
    EXPECT_EQ(find_field(*home->body, {"metadata", "labels", istio::network_label}), nullptr);
  }
}

TEST(Leftovers, destroy_takes_away_what_is_left_in_any_namespace) {
  MovedWorld world;
  EXPECT_TRUE(succeeded(world.apply(world.plan(Intent::destroy))));
  EXPECT_THAT(lines_of(world.plan(Intent::destroy)), IsEmpty());
  for (const char* name : {"a", "b"}) EXPECT_THAT(ours_in(world.clients.at(name), old_ns), IsEmpty());
}

TEST(Leftovers, an_object_of_ours_with_a_name_that_nothing_desires_goes_after_what_replaces_it) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  const ObjectId old{"autoscaling/v2", "HorizontalPodAutoscaler", old_ns, "eastwest-of-an-older-release"};
  FakeServer& server = world.clients.at("a");
  (void)server.cluster.apply(old, labelled(old));
  server.cluster.update(old, "kubectl-edit", [](json& body) { body["metadata"]["annotations"]["x"] = "y"; });
  const Plan plan = world.plan();
  EXPECT_THAT(lines_of(plan), ElementsAre("a/gateway/former delete"));
  const Action& action = plan.actions[static_cast<std::size_t>(place_of(plan, "a/gateway/former"))];
  EXPECT_THAT(action.depends_on, Contains(Address{"a/gateway"}));
  EXPECT_EQ(action.reason,
            "not desired any more; kubectl-edit writes to HorizontalPodAutoscaler eastwest-of-an-older-release");
  ASSERT_EQ(action.objects.size(), 1U);
  // Known as metadata alone: whose it is, and who else wrote to it.
  ASSERT_EQ(action.objects[0].fields.size(), 1U);
  EXPECT_EQ(action.objects[0].fields[0].before, json("prod"));
  EXPECT_EQ(action.objects[0].fields[0].owned_by.at(0).manager, "kubectl-edit");
  EXPECT_TRUE(succeeded(world.apply(plan)));
  EXPECT_EQ(server.cluster.find(old), nullptr);
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

TEST(Leftovers, what_carries_the_labels_of_others_is_left_alone) {
  IstioWorld world(mesh_of({"a"}));
  world.apply(world.plan());
  FakeServer& server = world.clients.at("a");
  const ObjectId other{"v1", "Service", "elsewhere", "of-another-mesh"};
  (void)server.cluster.apply(other, labelled(other, "stage"), "mesh.stage");
  server.cluster.reset_ownership(other);
  const ObjectId copied{"v1", "Service", "elsewhere", "made-by-helm"};
  json body = labelled(copied);
  body["metadata"]["labels"][managed_by_label] = "Helm";
  (void)server.cluster.apply(copied, body, "helm");
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
  world.apply(world.plan(Intent::destroy));
  EXPECT_NE(server.cluster.find(other), nullptr);
  EXPECT_NE(server.cluster.find(copied), nullptr);
}

TEST(Leftovers, what_a_verification_has_started_is_left_to_it) {
  IstioWorld world(mesh_of({"a"}));
  world.apply(world.plan());
  FakeServer& server = world.clients.at("a");
  const ObjectId sleep{"apps/v1", "Deployment", "mesh-verify-prod-1", "sleep"};
  json body = labelled(sleep);
  body["metadata"]["labels"][istio::purpose_label] = "verify";
  (void)server.cluster.apply(sleep, body);
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
  world.apply(world.plan(Intent::destroy));
  EXPECT_NE(server.cluster.find(sleep), nullptr);
}

TEST(Leftovers, without_the_right_to_search_all_namespaces_those_that_are_known_are_searched) {
  MovedWorld world;
  const ObjectId old{"v1", "Service", new_ns, "of-an-older-release"};
  for (const char* name : {"a", "b"}) {
    (void)world.clients.at(name).cluster.apply(old, labelled(old));
    world.clients.at(name).fail = [](const std::string& call) -> std::optional<Diagnostic> {
      // A list of all namespaces has neither namespace nor name.
      if (call.starts_with("read ") && call.ends_with(" (metadata)") && call.find('/') == std::string::npos)
        return Diagnostic{.code = Code::forbidden, .summary = "no"};
      return std::nullopt;
    };
  }
  const Plan plan = world.plan();
  EXPECT_THAT(lines_of(plan), Contains("a/gateway/former delete"));
  EXPECT_THAT(lines_of(plan), Not(Contains("a/expose/former delete"))) << "nobody knows of the old namespace";
  const auto warned = std::count_if(plan.diagnostics.begin(), plan.diagnostics.end(), [](const Diagnostic& one) {
    return one.code == Code::forbidden && one.severity == Severity::warning;
  });
  EXPECT_EQ(warned, 2);

  // With the last snapshot, which tells of it.
  LiveState live = world.look();
  std::map<std::string, ClusterSnapshot> recorded;
  for (const char* name : {"a", "b"}) {
    for (const auto& [id, object] : world.clients.at(name).cluster.read({}).found) {
      if (id.ns == old_ns && created_by_mesh(object, "prod")) recorded[name].objects[id] = object.body;
    }
    std::set<ObjectId> ids;
    for (const auto& [id, unused] : recorded[name].objects) ids.insert(id);
    world.provider->read_recorded(world.spec.clusters.at(name), ids, live.clusters.at(name), {}, {});
  }
  const DesiredState desired = world.want(live, Intent::apply, recorded);
  EXPECT_NE(find_action(desired, "a/expose/former"), nullptr);
  EXPECT_NE(find_action(desired, "a/discovery/b/former"), nullptr);
}

TEST(Leftovers, with_the_state_lost_the_traces_of_a_cluster_go_and_the_plan_says_what_it_cannot_reach) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  world.spec.clusters.erase("b");
  world.spec.clusters.at("a").peers.clear();
  const Plan plan = world.plan();
  EXPECT_THAT(lines_of(plan), ElementsAre("a/discovery/b delete"));
  ASSERT_EQ(plan.diagnostics.size(), 1U);
  EXPECT_EQ(plan.diagnostics[0].severity, Severity::warning);
  EXPECT_THAT(plan.diagnostics[0].summary, HasSubstr("not known any more"));
  EXPECT_TRUE(succeeded(world.apply(plan)));
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

TEST(Leftovers, nothing_goes_before_its_replacement_can_come) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  // No control plane there: no gateway can come.
  world.spec.mesh.system_namespace = "nowhere";
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

}  // namespace
}  // namespace mesh::testing
