#include "providers/istio/desired/object_readiness.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "providers/istio/desired/names.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

struct Case {
  const char* name;
  ObjectId id;
  const char* body;
  const char* missing;
};
class ObjectReadinessOf : public ::testing::TestWithParam<Case> {};

TEST_P(ObjectReadinessOf, sentence) {
  const Object object{.id = GetParam().id, .body = json::parse(GetParam().body)};
  EXPECT_EQ(readiness_of(GetParam().id, &object).message, GetParam().missing);
}

const ObjectId deployment = gateway_deployment_id("ns");
const ObjectId service = gateway_service_id("ns");

INSTANTIATE_TEST_SUITE_P(
    all, ObjectReadinessOf,
    ::testing::Values(
        Case{"available", deployment, R"({"metadata":{"generation":2},"spec":{"replicas":2},"status":{
                 "observedGeneration":2,"replicas":2,"updatedReplicas":2,"availableReplicas":2}})",
             ""},
        Case{"old_generation", deployment, R"({"metadata":{"generation":3},"spec":{"replicas":2},"status":{
                 "observedGeneration":2,"replicas":2,"updatedReplicas":2,"availableReplicas":2}})",
             "Deployment ns/istio-eastwestgateway was not looked at by its controller yet"},
        Case{"no_status", deployment, R"({"metadata":{},"spec":{"replicas":2}})",
             "Deployment ns/istio-eastwestgateway is not available: 0 of 2 pods"},
        Case{"no_replicas_said", deployment, R"({"spec":{},"status":{}})",
             "Deployment ns/istio-eastwestgateway is not available: 0 of 1 pods"},
        Case{"scaled_to_none", deployment, R"({"spec":{"replicas":0},"status":{"observedGeneration":1}})",
             "Deployment ns/istio-eastwestgateway is scaled to 0 pods"},
        Case{"old_pods_are_available", deployment, R"({"spec":{"replicas":2},"status":{
                 "replicas":3,"updatedReplicas":1,"availableReplicas":2,
                 "conditions":[{"type":"Available","status":"True"},{"type":"Progressing","status":"True"}]}})",
             "Deployment ns/istio-eastwestgateway is not rolled out: 1 of 2 new pods exist, and 2 old ones"},
        Case{"no_new_pod", deployment, R"({"spec":{"replicas":2},"status":{
                 "replicas":2,"availableReplicas":2,"conditions":[{"type":"Available","status":"True"}]}})",
             "Deployment ns/istio-eastwestgateway is not rolled out: 0 of 2 new pods exist, and 2 old ones"},
        Case{"last_old_pod", deployment, R"({"spec":{"replicas":2},"status":{
                 "replicas":3,"updatedReplicas":2,"availableReplicas":3}})",
             "Deployment ns/istio-eastwestgateway is not rolled out: 2 of 2 new pods exist, and 1 old ones"},
        Case{"new_pods_not_ready", deployment, R"({"spec":{"replicas":2},"status":{
                 "replicas":2,"updatedReplicas":2,"availableReplicas":1,
                 "conditions":[{"type":"Available","status":"True"}]}})",
             "Deployment ns/istio-eastwestgateway is not available: 1 of 2 pods"},
        Case{"scaling_up", deployment, R"({"spec":{"replicas":4},"status":{
                 "replicas":2,"updatedReplicas":2,"availableReplicas":2}})",
             "Deployment ns/istio-eastwestgateway is not available: 2 of 4 pods"},
        Case{"scaling_down", deployment, R"({"spec":{"replicas":2},"status":{
                 "replicas":4,"updatedReplicas":4,"availableReplicas":4}})",
             ""},
        Case{"stuck", deployment, R"({"spec":{"replicas":2},"status":{
                 "replicas":2,"updatedReplicas":2,"availableReplicas":1,"conditions":[
                 {"type":"Available","status":"False"},
                 {"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"too long"}]}})",
             "Deployment ns/istio-eastwestgateway is not available: 1 of 2 pods (ProgressDeadlineExceeded: too long)"},
        Case{"refused_pods", deployment, R"({"spec":{"replicas":2},"status":{"conditions":[
                 {"type":"ReplicaFailure","status":"True","reason":"FailedCreate","message":"no quota"}]}})",
             "Deployment ns/istio-eastwestgateway is not available: 0 of 2 pods (FailedCreate: no quota)"},
        Case{"ip", service, R"({"status":{"loadBalancer":{"ingress":[{"ip":"10.0.0.1"}]}}})", ""},
        Case{"hostname", service, R"({"status":{"loadBalancer":{"ingress":[{"hostname":"x.elb"}]}}})", ""},
        Case{"external_ip", service, R"({"spec":{"externalIPs":["10.0.0.1"]}})", ""},
        Case{"empty_ingress", service, R"({"status":{"loadBalancer":{"ingress":[{}]}}})",
             "Service ns/istio-eastwestgateway has no address yet"},
        Case{"no_address", service, R"({"status":{"loadBalancer":{}}})",
             "Service ns/istio-eastwestgateway has no address yet"},
        Case{"any_other_kind", gateway_budget_id("ns"), "{}", ""}),
    [](const auto& one) { return one.param.name; });

TEST(ObjectReadinessState, only_a_failed_rollout_of_the_newest_generation_has_failed) {
  Object object{.id = deployment, .body = json::parse(R"({"metadata":{"generation":2},"spec":{"replicas":1},
      "status":{"observedGeneration":2,"replicas":2,"updatedReplicas":1,"conditions":[
      {"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded"}]}})")};
  EXPECT_EQ(readiness_of(deployment, &object).state, Readiness::State::failed);
  EXPECT_NE(readiness_of(service, &object).state, Readiness::State::failed);
  EXPECT_NE(readiness_of(deployment, nullptr).state, Readiness::State::failed);
  object.body.edit()["status"]["observedGeneration"] = 1;
  EXPECT_NE(readiness_of(deployment, &object).state, Readiness::State::failed);
  object.body.edit()["status"] = json::parse(R"({"observedGeneration":2,"replicas":1,"updatedReplicas":1,
      "availableReplicas":1,"conditions":[{"type":"Progressing","reason":"ProgressDeadlineExceeded"}]})");
  EXPECT_NE(readiness_of(deployment, &object).state, Readiness::State::failed);
}

TEST(ObjectReadinessState, token_secret_is_judged_by_ownership_alone) {
  const ObjectId id = token_secret_id("ns");
  Object secret{.id = id, .body = json::object(), .metadata_only = true};
  secret.managers = {{.manager = "mesh.prod", .operation = "Apply", .fields = json::parse(R"({"f:type":{}})")}};
  EXPECT_EQ(readiness_of(id, &secret).message, fmt::format("Secret ns/{} has no token yet", token_secret));
  secret.managers.push_back({.manager = "kube-controller-manager",
                             .operation = "Update",
                             .fields = json::parse(R"({"f:data":{"f:token":{}}})")});
  EXPECT_EQ(readiness_of(id, &secret).message, "");
  secret.managers.clear();
  EXPECT_EQ(readiness_of(id, &secret).message, "");
  EXPECT_EQ(readiness_of(id, nullptr).message, fmt::format("Secret ns/{} does not exist", token_secret));
}

TEST(ObjectReadinessAddresses, ip_before_hostname_and_external_ips_added) {
  const Object object{.id = service, .body = json::parse(R"({"spec":{"externalIPs":["192.0.2.1"]},
                        "status":{"loadBalancer":{"ingress":[{"ip":"10.0.0.1","hostname":"a"},{"hostname":"b"}]}}})")};
  EXPECT_EQ(addresses_of(object), (std::vector<std::string>{"10.0.0.1", "b", "192.0.2.1"}));
}

}  // namespace
}  // namespace mesh::istio
