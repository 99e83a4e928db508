#include "providers/istio/desired/desired_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/istio/desired/names.h"
#include "providers/platform/platforms.h"
#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

std::vector<std::string> addresses(const DesiredState& desired) {
  std::vector<std::string> found;
  for (const DesiredAction& action : desired.actions) {
    found.push_back((action.presence == Presence::absent ? "-" : "") + action.address.text);
  }
  return found;
}

/// All that was told, of every cluster.
Diagnostics problems(const DesiredState& desired) {
  Diagnostics all = desired.diagnostics;
  for (const auto& [cluster, found] : desired.of_cluster) append(all, found);
  return all;
}

const Action* planned(const Plan& plan, const std::string& address) {
  for (const Action& action : plan.actions) {
    if (action.address.text == address) return &action;
  }
  return nullptr;
}

std::vector<std::string> texts(const std::vector<Address>& depends_on) {
  std::vector<std::string> found;
  for (const Address& need : depends_on) found.push_back(need.text);
  return found;
}

std::string body_text(const DesiredObject* object, const std::string& path) {
  const nlohmann::json* value = object == nullptr ? nullptr : find_value(object->body, parse_field_path(path));
  return value == nullptr ? "nothing" : value->is_string() ? value->get<std::string>() : value->dump();
}

TEST(DesiredBuilder, actions_needs_and_paths) {
  IstioWorld world(mesh_of({"a", "b"}));
  const DesiredState desired = world.want(world.look());
  EXPECT_THAT(problems(desired), IsEmpty());
  EXPECT_THAT(addresses(desired), ElementsAre("a/network", "a/reader", "a/gateway", "a/expose", "a/discovery/b",
                                              "b/network", "b/reader", "b/gateway", "b/expose", "b/discovery/a"));
  EXPECT_THAT(texts(find_action(desired, "a/gateway")->depends_on), ElementsAre("a/network"));
  EXPECT_THAT(texts(find_action(desired, "a/expose")->depends_on), ElementsAre("a/gateway"));
  EXPECT_THAT(texts(find_action(desired, "a/discovery/b")->depends_on),
              ElementsAre("a/network", "b/reader", "b/expose"));
  EXPECT_THAT(find_action(desired, "a/network")->paths, ElementsAre("b -> a"));
  EXPECT_THAT(find_action(desired, "a/gateway")->paths, ElementsAre("b -> a"));
  EXPECT_THAT(find_action(desired, "a/discovery/b")->paths, ElementsAre("a -> b"));
}

/// The cluster, with one object of that mesh in it.
ClusterState with_object_of(const std::string& mesh, ClusterState state) {
  Object object;
  object.id = {"v1", "Service", "istio-system", "of-" + mesh};
  object.body = Shared<nlohmann::json>(nlohmann::json{
      {"metadata", {{"name", object.id.name}, {"labels", {{managed_by_label, "mesh"}, {mesh_label, mesh}}}}}});
  state.found[object.id] = object;
  return state;
}

TEST(DesiredBuilder, the_network_label_of_another_mesh_stays) {
  const Spec spec = mesh_of({"a", "b"});
  IstioWorld world(spec);
  LiveState live = world.look();
  const auto objects = [&](Intent intent) {
    const DesiredState all = istio::desired(spec, platform::all(), live, {}, intent);
    return find_action(all, "a/network")->objects.size();
  };
  EXPECT_EQ(objects(Intent::destroy), 1U) << "nothing there is of any mesh";
  live.clusters["a"] = with_object_of("another", live.clusters["a"]);
  EXPECT_EQ(objects(Intent::destroy), 0U);
  EXPECT_EQ(objects(Intent::apply), 1U);
  live.clusters["a"] = with_object_of(spec.mesh.name, live.clusters["a"]);
  EXPECT_EQ(objects(Intent::destroy), 1U) << "what is ours makes the label ours";
}

TEST(DesiredBuilder, nothing_of_ours_makes_istioctl_prune_it) {
  IstioWorld world(mesh_of({"a", "b"}));
  for (const DesiredAction& action : world.want(world.look()).actions) {
    for (const DesiredObject& object : action.objects) {
      EXPECT_EQ(object.body.dump().find("operator.istio.io"), std::string::npos) << to_string(object.id);
    }
  }
}

TEST(DesiredBuilder, remote_secret_tells_what_the_kubeconfig_says_and_no_credential) {
  Spec spec = mesh_of({"a", "b", "c"});
  spec.clusters.at("c").api_server = "https://c.public.example";
  IstioWorld world(spec);
  world.clients.at("b").ca_pem = "";
  world.clients.at("c").insecure = true;
  const DesiredState desired = world.want(world.look());
  const DesiredObject* b = find_object(desired, "a/discovery/b", "Secret");
  EXPECT_EQ(b->id.name, "istio-remote-secret-cn-b");
  EXPECT_EQ(body_text(b, "data"), R"({"cn-b":null})");
  EXPECT_EQ(body_text(b, "type"), "nothing");
  EXPECT_EQ(body_text(b, "metadata.labels[\"istio/multiCluster\"]"), "true");
  EXPECT_EQ(body_text(b, "metadata.annotations[\"networking.istio.io/cluster\"]"), "cn-b");
  EXPECT_EQ(body_text(b, "metadata.annotations[\"mesh-engine.dev/peer\"]"), "b");
  EXPECT_EQ(body_text(b, "metadata.annotations[\"mesh-engine.dev/server\"]"), "https://b.example:6443");
  EXPECT_EQ(body_text(b, "metadata.annotations[\"mesh-engine.dev/ca-sha256\"]"), "nothing");
  const DesiredObject* c = find_object(desired, "a/discovery/c", "Secret");
  EXPECT_EQ(body_text(c, "metadata.annotations[\"mesh-engine.dev/server\"]"), "https://c.public.example");
  EXPECT_EQ(body_text(c, "metadata.annotations[\"mesh-engine.dev/ca-sha256\"]"), "cluster");
  const DesiredObject* a = find_object(desired, "b/discovery/a", "Secret");
  EXPECT_THAT(body_text(a, "metadata.annotations[\"mesh-engine.dev/ca-sha256\"]"), SizeIs(64));
}

TEST(DesiredBuilder, undialable_api_server_is_told_once_and_nobody_gets_it) {
  IstioWorld world(mesh_of({"a", "b", "c"}));
  world.clients.at("a").url = "https://127.0.0.1:6443";
  const DesiredState desired = world.want(world.look());
  ASSERT_THAT(problems(desired), SizeIs(1));
  EXPECT_EQ(problems(desired)[0].code, Code::undialable_api_server);
  EXPECT_EQ(problems(desired)[0].severity, Severity::error);
  EXPECT_THAT(problems(desired)[0].hint, HasSubstr("`cluster.a.api_server`"));
  EXPECT_EQ(find_action(desired, "b/discovery/a"), nullptr);
  EXPECT_NE(find_action(desired, "a/discovery/b"), nullptr);
  world.spec.mesh.local_api_servers = true;
  EXPECT_THAT(problems(world.want(world.look())), IsEmpty());
}

TEST(DesiredBuilder, missing_namespace_leaves_the_cluster_out) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.clients.at("b").cluster.remove({"v1", "Namespace", "", "istio-system"});
  const DesiredState desired = world.want(world.look());
  ASSERT_THAT(problems(desired), SizeIs(1));
  EXPECT_EQ(problems(desired)[0].code, Code::namespace_missing);
  EXPECT_THAT(addresses(desired), ElementsAre("a/network", "a/reader", "a/gateway", "a/expose"));
}

TEST(DesiredBuilder, missing_control_plane_leaves_out_what_needs_it) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.spec.mesh.revision = "asm-9";
  const DesiredState desired = world.want(world.look());
  ASSERT_THAT(problems(desired), SizeIs(2));
  EXPECT_EQ(problems(desired)[0].code, Code::control_plane_missing);
  EXPECT_THAT(problems(desired)[0].cause, HasSubstr("found: asm-1233-2"));
  EXPECT_THAT(addresses(desired), ElementsAre("a/network", "a/reader", "b/network", "b/reader"));
}

TEST(DesiredBuilder, auto_revision_needs_exactly_one) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.spec.mesh.revision = auto_revision;
  world.clients.at("b").install_istiod("other", "cn-b");
  const DesiredState desired = world.want(world.look());
  ASSERT_THAT(problems(desired), SizeIs(1));
  EXPECT_EQ(problems(desired)[0].code, Code::revision_ambiguous);
  EXPECT_THAT(problems(desired)[0].cause, HasSubstr("asm-1233-2, other"));
  EXPECT_EQ(find_action(desired, "b/gateway"), nullptr);
  EXPECT_EQ(
      body_text(find_object(desired, "a/gateway", "Deployment"), "spec.template.metadata.labels[\"istio.io/rev\"]"),
      "asm-1233-2");
}

TEST(DesiredBuilder, default_revision_has_no_label) {
  IstioWorld world(mesh_of({"a"}));
  world.clients.at("a").install_istiod("default", "cn-a");
  world.spec.mesh.revision = "default";
  const DesiredState desired = world.want(world.look());
  EXPECT_THAT(problems(desired), IsEmpty());
  EXPECT_EQ(
      body_text(find_object(desired, "a/gateway", "Deployment"), "spec.template.metadata.labels[\"istio.io/rev\"]"),
      "nothing");
}

TEST(DesiredBuilder, another_cluster_id_is_a_warning) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.spec.clusters.at("b").id = "cn-other";
  const DesiredState desired = world.want(world.look());
  ASSERT_THAT(problems(desired), SizeIs(1));
  EXPECT_EQ(problems(desired)[0].code, Code::cluster_id_mismatch);
  EXPECT_EQ(problems(desired)[0].severity, Severity::warning);
  EXPECT_EQ(problems(desired)[0].hint, "set `cluster.b.id = \"cn-b\"`");
}

struct Versions {
  std::set<std::string> served;
  const char* chosen;
};
class DesiredBuilderGatewayVersion : public ::testing::TestWithParam<Versions> {};
TEST_P(DesiredBuilderGatewayVersion, chosen) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.clients.at("a").gateway_versions = GetParam().served;
  const DesiredState desired = world.want(world.look());
  const DesiredObject* gateway = find_object(desired, "a/expose", "Gateway");
  EXPECT_EQ(gateway == nullptr ? "" : gateway->id.api_version, GetParam().chosen);
  EXPECT_EQ(problems(desired).size(), gateway == nullptr ? 1U : 0U);
  EXPECT_EQ(find_action(desired, "b/discovery/a") == nullptr, gateway == nullptr);
}
INSTANTIATE_TEST_SUITE_P(all, DesiredBuilderGatewayVersion,
                         ::testing::Values(Versions{{"v1", "v1beta1", "v1alpha3"}, "networking.istio.io/v1"},
                                           Versions{{"v1beta1", "v1alpha3"}, "networking.istio.io/v1beta1"},
                                           Versions{{"v1"}, "networking.istio.io/v1"},
                                           Versions{{"v1alpha3"}, "networking.istio.io/v1alpha3"}, Versions{{}, ""}));

TEST(DesiredBuilder, peer_that_is_no_longer_discovered_goes) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  world.spec.clusters.at("a").peers.clear();
  const DesiredState desired = world.want(world.look());
  EXPECT_THAT(problems(desired), IsEmpty());
  EXPECT_EQ(find_action(desired, "a/discovery/b")->presence, Presence::absent);
  EXPECT_THAT(find_action(desired, "a/discovery/b")->depends_on, IsEmpty());
  EXPECT_THAT(lines_of(world.plan()), ElementsAre("a/discovery/b delete"));
}

TEST(DesiredBuilder, peer_with_a_new_id_gets_a_new_secret_and_loses_the_old) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  world.spec.clusters.at("b").id = "cn-b2";
  const Plan plan = world.plan();
  // Make before break: without either Secret the peer's endpoints would be gone meanwhile.
  EXPECT_THAT(lines_of(plan), ElementsAre("a/discovery/b create", "a/discovery/b/former delete"));
  const Action* removal = planned(plan, "a/discovery/b/former");
  EXPECT_THAT(texts(removal->depends_on), ElementsAre("a/discovery/b"));
  EXPECT_EQ(removal->reason, "replaced by istio-remote-secret-cn-b2");
  EXPECT_THAT(removal->interrupts, IsEmpty());
  EXPECT_TRUE(succeeded(world.apply(plan)));
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

/// What is read after cluster b of {a, b}, all applied, got the name dc.
LiveState with_b_called_dc(IstioWorld& world) {
  world.apply(world.plan());
  LiveState live = world.look();
  live.clusters["dc"] = live.clusters["b"];
  live.clusters["dc"].name = "dc";
  live.clusters["b"].reading = Renamed{"dc"};
  return live;
}

TEST(DesiredBuilder, cluster_with_a_new_name_gets_a_new_secret_and_then_loses_the_old) {
  IstioWorld world(mesh_of({"a", "b"}));
  LiveState live = with_b_called_dc(world);
  Spec spec = mesh_of({"a", "dc"});
  const DesiredState both = istio::desired(spec, platform::all(), live, {}, Intent::apply);
  const DesiredAction* removal = find_action(both, "a/discovery/dc/former");
  ASSERT_NE(removal, nullptr);
  EXPECT_THAT(texts(removal->depends_on), ElementsAre("a/discovery/dc"));
  EXPECT_EQ(removal->why_absent, "replaced by istio-remote-secret-cn-dc");

  spec.mesh.local_api_servers = false;
  live.clusters["dc"].server = "https://127.0.0.1:6443";
  const DesiredState none = istio::desired(spec, platform::all(), live, {}, Intent::apply);
  EXPECT_EQ(find_action(none, "a/discovery/dc"), nullptr);
  EXPECT_EQ(find_action(none, "a/discovery/dc/former"), nullptr) << "nothing comes in its place";
}

TEST(DesiredBuilder, secrets_of_a_cluster_that_may_have_a_new_name_stay) {
  IstioWorld world(mesh_of({"a", "b"}));
  LiveState live = with_b_called_dc(world);
  live.clusters["dc"] = {.name = "dc", .reading = Unreachable{Diagnostics{{.code = Code::kubeconfig_invalid}}}};
  const DesiredState desired = istio::desired(mesh_of({"a", "dc"}), platform::all(), live, {}, Intent::apply);
  EXPECT_NE(find_action(desired, "a/discovery/dc"), nullptr);
  EXPECT_EQ(find_action(desired, "a/discovery/b"), nullptr);
}

TEST(DesiredBuilder, the_id_of_a_cluster_that_is_gone_may_be_taken) {
  const Spec before = mesh_of({"a", "b"});
  IstioWorld world(before);
  LiveState live = with_b_called_dc(world);
  live.clusters["b"] = {.name = "b", .reading = Unreachable{Diagnostics{{.code = Code::unreachable}}}};
  Spec spec = mesh_of({"a", "dc"});
  spec.clusters.at("dc").id = "cn-b";
  for (const bool answers : {true, false}) {
    if (!answers) live.clusters["a"] = {.name = "a", .reading = Unreachable{Diagnostics{{.code = Code::unreachable}}}};
    const DesiredState desired =
        istio::desired(spec, platform::all(), live, {{"b", before.clusters.at("b")}}, Intent::apply);
    EXPECT_EQ(find_action(desired, "a/discovery/dc")->presence, Presence::present);
    EXPECT_EQ(find_action(desired, "a/discovery/b"), nullptr) << "the Secret is that of dc";
  }
}

TEST(DesiredBuilder, a_control_plane_of_another_mesh_is_refused) {
  IstioWorld world(mesh_of({"a", "b"}));
  LiveState live = world.look();
  live.clusters["a"] = with_object_of("another", live.clusters["a"]);
  const auto found = istio::desired(world.spec, platform::all(), live, {}, Intent::apply).of_cluster;
  ASSERT_TRUE(found.contains("a"));
  EXPECT_EQ(found.at("a")[0].code, Code::belongs_to_other_mesh);
  EXPECT_THAT(found.at("a")[0].cause, HasSubstr("mesh another"));
  EXPECT_FALSE(found.contains("b"));
}

TEST(DesiredBuilder, what_moves_or_closes_the_load_balancer_cuts_the_ways_in) {
  using Change = void (*)(GatewaySpec&);
  for (const Change change : {Change([](GatewaySpec& one) { one.load_balancer_ip = "10.1.2.3"; }),
                              Change([](GatewaySpec& one) { one.source_ranges = {"10.0.0.0/8"}; }),
                              Change([](GatewaySpec& one) { one.exposure = Exposure::internal; })}) {
    IstioWorld world(mesh_of({"a", "b"}, "gke-azure"));
    EXPECT_THAT(planned(world.plan(), "a/gateway")->interrupts, IsEmpty());
    world.apply(world.plan());
    const GatewaySpec before = world.spec.clusters.at("a").gateway;
    change(world.spec.clusters.at("a").gateway);
    EXPECT_THAT(planned(world.plan(), "a/gateway")->interrupts, ElementsAre("b -> a"));
    world.apply(world.plan());
    world.spec.clusters.at("a").gateway = before;
    EXPECT_THAT(planned(world.plan(), "a/gateway")->interrupts, ElementsAre("b -> a"));
  }
}

TEST(DesiredBuilder, more_replicas_and_a_first_network_label_cut_nothing) {
  IstioWorld world(mesh_of({"a", "b"}));
  EXPECT_THAT(planned(world.plan(), "a/network")->interrupts, IsEmpty());
  world.apply(world.plan());
  world.spec.clusters.at("a").gateway.replicas.max += 1;
  EXPECT_EQ(planned(world.plan(), "a/gateway")->operation, Operation::update);
  EXPECT_THAT(planned(world.plan(), "a/gateway")->interrupts, IsEmpty());
}

TEST(DesiredBuilder, removals_tell_each_way_they_cut_once) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  std::vector<std::string> cut;
  for (const Action& action : world.plan(Intent::destroy).actions) {
    cut.insert(cut.end(), action.interrupts.begin(), action.interrupts.end());
  }
  EXPECT_THAT(cut, UnorderedElementsAre("a -> b", "b -> a"));
  world.spec.clusters.at("a").peers.clear();
  EXPECT_THAT(planned(world.plan(), "a/discovery/b")->interrupts, ElementsAre("a -> b"));
}

TEST(DesiredBuilder, removed_cluster_loses_its_part_and_its_traces) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  world.removed.insert(world.spec.clusters.extract("b"));
  world.spec.clusters.at("a").peers.clear();
  const Plan plan = world.plan();
  EXPECT_THAT(lines_of(plan), UnorderedElementsAre("a/discovery/b delete", "b/discovery/a delete", "b/expose delete",
                                                   "b/gateway delete", "b/reader delete", "b/network update"));
  EXPECT_TRUE(succeeded(world.apply(plan)));
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

TEST(DesiredBuilder, traces_in_a_cluster_that_does_not_answer_stay_unknown) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  world.removed.insert(world.spec.clusters.extract("b"));
  world.spec.clusters.at("a").peers.clear();
  world.clients.refused = {"a"};
  EXPECT_THAT(lines_of(world.plan()), ::testing::Contains("a/discovery/b unknown"));
}

TEST(DesiredBuilder, protected_cluster_is_never_taken_away) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.spec.clusters.at("b").protect = true;
  const DesiredState desired = world.want(world.look(), Intent::destroy);
  ASSERT_THAT(problems(desired), SizeIs(1));
  EXPECT_EQ(problems(desired)[0].code, Code::protected_cluster);
  for (const std::string& address : addresses(desired)) EXPECT_EQ(address.find("-b/"), std::string::npos) << address;
}

TEST(DesiredBuilder, unreachable_peer_is_no_difference) {
  IstioWorld world(mesh_of({"a", "b"}));
  world.apply(world.plan());
  world.clients.refused = {"b"};
  const Plan plan = world.plan();
  EXPECT_THAT(lines_of(plan), UnorderedElementsAre("b/network unknown", "b/reader unknown", "b/gateway unknown",
                                                   "b/expose unknown", "b/discovery/a unknown"));
}

/// A remote Secret as create-mesh makes them: its own name, client-side apply.
void add_foreign(IstioWorld& world, const std::string& name, const std::string& key) {
  world.clients.at("a").cluster.update({"v1", "Secret", "istio-system", name}, "kubectl-client-side-apply",
                                       [&](nlohmann::json& body) {
                                         body["metadata"]["labels"] = {{"istio/multiCluster", "true"}};
                                         body["metadata"]["annotations"] = {{last_applied_annotation, "{secret}"}};
                                         body["data"] = {{key, "c2VjcmV0"}};
                                       });
}

TEST(DesiredBuilder, same_key_under_another_name_is_an_error) {
  IstioWorld world(mesh_of({"a", "b"}));
  add_foreign(world, "old-b", "cn-b");
  const DesiredState desired = world.want(world.look());
  ASSERT_THAT(problems(desired), SizeIs(2));
  EXPECT_EQ(problems(desired)[0].code, Code::credential_in_annotation);
  EXPECT_EQ(problems(desired)[1].code, Code::duplicate_remote_secret);
  EXPECT_EQ(problems(desired)[1].severity, Severity::error);
  EXPECT_EQ(problems(desired)[1].hint, "kubectl -n istio-system delete secret old-b");
  EXPECT_EQ(find_action(desired, "a/discovery/b"), nullptr);
}

TEST(DesiredBuilder, unknown_key_is_a_warning) {
  IstioWorld world(mesh_of({"a", "b"}));
  add_foreign(world, "istio-remote-secret-ctx", "gke-p-l-b");
  const DesiredState desired = world.want(world.look());
  ASSERT_THAT(problems(desired), SizeIs(2));
  EXPECT_EQ(problems(desired)[1].severity, Severity::warning);
  EXPECT_NE(find_action(desired, "a/discovery/b"), nullptr);
}

TEST(DesiredBuilder, istioctl_secret_of_the_same_name_is_taken_over) {
  IstioWorld world(mesh_of({"a", "b"}));
  add_foreign(world, "istio-remote-secret-cn-b", "cn-b");
  const Plan plan = world.plan();
  EXPECT_THAT(lines_of(plan), ::testing::Contains("a/discovery/b update"));
  EXPECT_TRUE(succeeded(world.apply(plan)));
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
  const Object* secret =
      world.clients.at("a").cluster.find({"v1", "Secret", "istio-system", "istio-remote-secret-cn-b"});
  EXPECT_EQ(secret->body->dump().find("last-applied"), std::string::npos);
}

}  // namespace
}  // namespace mesh::testing
