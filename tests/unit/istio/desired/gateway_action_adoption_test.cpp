#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "providers/istio/desired/names.h"
#include "tests/support/istio_world.h"

namespace mesh::testing {
namespace {

using nlohmann::json;
using ::testing::Contains;
using ::testing::IsEmpty;

const json legacy_labels = {
    {"app", "istio-eastwestgateway"}, {"istio", "eastwestgateway"}, {"topology.istio.io/network", "net-a"}};

/// What `gen-eastwest-gateway.sh | istioctl install` leaves, as far as a plan can tell.
void install_legacy(FakeServer& server, const json& selector = {{"matchLabels", legacy_labels}}) {
  const json deployment = {
      {"apiVersion", "apps/v1"},
      {"kind", "Deployment"},
      {"metadata", {{"name", istio::gateway_name}, {"namespace", "istio-system"}, {"labels", legacy_labels}}},
      {"spec",
       {{"selector", selector},
        {"template",
         {{"metadata", {{"labels", legacy_labels}}},
          {"spec",
           {{"serviceAccountName", "istio-eastwestgateway-service-account"},
            {"containers", json::array({json{{"name", "istio-proxy"}, {"image", "auto"}}})}}}}}}}};
  const json ports =
      json::array({json{{"name", "status-port"}, {"port", 15021}, {"protocol", "TCP"}, {"targetPort", 15021}},
                   json{{"name", "tls"}, {"port", 15443}, {"protocol", "TCP"}, {"targetPort", 15443}},
                   json{{"name", "tls-istiod"}, {"port", 15012}, {"protocol", "TCP"}, {"targetPort", 15012}}});
  const json service = {
      {"apiVersion", "v1"},
      {"kind", "Service"},
      {"metadata", {{"name", istio::gateway_name}, {"namespace", "istio-system"}, {"labels", legacy_labels}}},
      {"spec", {{"type", "LoadBalancer"}, {"selector", legacy_labels}, {"ports", ports}}}};
  ASSERT_TRUE(server.cluster.apply(istio::gateway_deployment_id("istio-system"), deployment, "istio-operator"));
  ASSERT_TRUE(server.cluster.apply(istio::gateway_service_id("istio-system"), service, "istio-operator"));
}

const ObjectChange* change_of(const Plan& plan, const std::string& address, const std::string& kind) {
  for (const Action& action : plan.actions) {
    if (action.address.text != address) continue;
    for (const ObjectChange& change : action.objects) {
      if (change.id.kind == kind) return &change;
    }
  }
  return nullptr;
}

struct GatewayActionAdoption : ::testing::Test {
  GatewayActionAdoption() : world(mesh_of({"a", "b"})) {}
  std::string uid_of(const ObjectId& id) { return world.clients.at("a").cluster.find(id)->uid; }
  IstioWorld world;
  const ObjectId deployment = istio::gateway_deployment_id("istio-system");
  const ObjectId service = istio::gateway_service_id("istio-system");
};

TEST_F(GatewayActionAdoption, legacy_gateway_is_updated_in_place) {
  install_legacy(world.clients.at("a"));
  const std::string deployment_uid = uid_of(deployment);
  const std::string service_uid = uid_of(service);
  const Plan plan = world.plan();
  EXPECT_THAT(lines_of(plan), Contains("a/gateway update"));
  const Report report = world.apply(plan);
  EXPECT_TRUE(succeeded(report));
  EXPECT_EQ(uid_of(deployment), deployment_uid);
  EXPECT_EQ(uid_of(service), service_uid);
  const json& body = world.clients.at("a").cluster.find(deployment)->body;
  EXPECT_EQ(body["spec"]["selector"]["matchLabels"], legacy_labels);
  EXPECT_EQ(body["spec"]["template"]["spec"]["serviceAccountName"], "istio-eastwestgateway");
  EXPECT_EQ(world.clients.at("a").cluster.find(service)->body->at("spec")["ports"].size(), 3U);
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

TEST_F(GatewayActionAdoption, labels_by_which_istioctl_prunes_go) {
  FakeServer& server = world.clients.at("a");
  install_legacy(server);
  const json labels = {{"install.operator.istio.io/owning-resource", "eastwest"},
                       {"install.operator.istio.io/owning-resource-namespace", "istio-system"},
                       {"operator.istio.io/component", "IngressGateways"},
                       {"operator.istio.io/managed", "Reconcile"},
                       {"operator.istio.io/version", "1.23.3"}};
  for (const ObjectId& id : {deployment, service}) {
    server.cluster.update(id, "istio-operator", [&](json& body) { body["metadata"]["labels"].update(labels); });
  }
  const Plan plan = world.plan();
  const ObjectChange* change = change_of(plan, "a/gateway", "Service");
  ASSERT_NE(change, nullptr);
  EXPECT_EQ(std::get<UpdateObject>(change->what).foreign_fields.size(), labels.size());
  EXPECT_THAT(change->fields, Contains(::testing::Field(&FieldChange::before, json("Reconcile"))));
  EXPECT_TRUE(succeeded(world.apply(plan)));
  for (const ObjectId& id : {deployment, service}) {
    EXPECT_EQ(server.cluster.find(id)->body->at("metadata")["labels"].dump().find("operator.istio.io"),
              std::string::npos);
  }
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

TEST_F(GatewayActionAdoption, renamed_network_replaces_the_deployment_and_keeps_the_service) {
  install_legacy(world.clients.at("a"));
  world.apply(world.plan());
  const std::string service_uid = uid_of(service);
  world.spec.clusters.at("a").network = "elsewhere";
  const Plan plan = world.plan();
  const ObjectChange* replaced = change_of(plan, "a/gateway", "Deployment");
  ASSERT_NE(replaced, nullptr);
  EXPECT_TRUE(std::holds_alternative<ReplaceObject>(replaced->what));
  EXPECT_TRUE(std::holds_alternative<UpdateObject>(change_of(plan, "a/gateway", "Service")->what));
  for (const Action& action : plan.actions) {
    if (action.address.text == "a/gateway" || action.address.text == "a/network") {
      EXPECT_THAT(action.interrupts, ::testing::ElementsAre("b -> a")) << action.address.text;
    }
  }
  EXPECT_TRUE(succeeded(world.apply(plan)));
  EXPECT_EQ(uid_of(service), service_uid);
  EXPECT_THAT(lines_of(world.plan()), IsEmpty());
}

TEST_F(GatewayActionAdoption, renamed_network_of_our_own_gateway_replaces_nothing) {
  world.apply(world.plan());
  world.spec.clusters.at("a").network = "elsewhere";
  EXPECT_TRUE(std::holds_alternative<UpdateObject>(change_of(world.plan(), "a/gateway", "Deployment")->what));
}

TEST_F(GatewayActionAdoption, extra_label_of_a_foreign_selector_is_carried_by_the_pods) {
  json labels = legacy_labels;
  labels["team"] = "edge";
  install_legacy(world.clients.at("a"), {{"matchLabels", labels}});
  const DesiredState desired = world.want(world.look());
  const json& spec = find_object(desired, "a/gateway", "Deployment")->body["spec"];
  EXPECT_EQ(spec["selector"]["matchLabels"], labels);
  EXPECT_EQ(spec["template"]["metadata"]["labels"]["team"], "edge");
}

TEST_F(GatewayActionAdoption, selector_that_our_pods_cannot_carry_is_replaced) {
  for (const json& selector : {json{{"matchLabels", {{"app", "other"}}}},
                               json{{"matchLabels", legacy_labels},
                                    {"matchExpressions", json::array({json{{"key", "x"}, {"operator", "Exists"}}})}}}) {
    IstioWorld fresh(mesh_of({"a", "b"}));
    install_legacy(fresh.clients.at("a"), selector);
    EXPECT_TRUE(std::holds_alternative<ReplaceObject>(change_of(fresh.plan(), "a/gateway", "Deployment")->what))
        << selector;
  }
}

}  // namespace
}  // namespace mesh::testing
