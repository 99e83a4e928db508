#include "providers/istio/readiness.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "providers/istio/names.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

struct Case {
  const char* name;
  ObjectId id;
  const char* body;
  const char* missing;
};
class Readiness : public ::testing::TestWithParam<Case> {};

TEST_P(Readiness, sentence) {
  const Object object{.id = GetParam().id, .body = json::parse(GetParam().body)};
  EXPECT_EQ(missing_of(GetParam().id, &object), GetParam().missing);
}

const ObjectId deployment = gateway_deployment_id("ns");
const ObjectId service = gateway_service_id("ns");

INSTANTIATE_TEST_SUITE_P(
    all, Readiness,
    ::testing::Values(
        Case{
            "available", deployment,
            R"({"metadata":{"generation":2},"status":{"observedGeneration":2,"conditions":[{"type":"Available","status":"True"}]}})",
            ""},
        Case{
            "old_generation", deployment,
            R"({"metadata":{"generation":3},"status":{"observedGeneration":2,"conditions":[{"type":"Available","status":"True"}]}})",
            "Deployment ns/istio-eastwestgateway was not looked at by its controller yet"},
        Case{"no_status", deployment, R"({"metadata":{},"spec":{"replicas":2}})",
             "Deployment ns/istio-eastwestgateway is not available: 0 of 2 pods"},
        Case{
            "stuck", deployment,
            R"({"spec":{"replicas":2},"status":{"availableReplicas":1,"conditions":[{"type":"Available","status":"False"},
                 {"type":"Progressing","status":"False","reason":"ProgressDeadlineExceeded","message":"too long"}]}})",
            "Deployment ns/istio-eastwestgateway is not available: 1 of 2 pods (ProgressDeadlineExceeded: too long)"},
        Case{"ip", service, R"({"status":{"loadBalancer":{"ingress":[{"ip":"10.0.0.1"}]}}})", ""},
        Case{"hostname", service, R"({"status":{"loadBalancer":{"ingress":[{"hostname":"x.elb"}]}}})", ""},
        Case{"external_ip", service, R"({"spec":{"externalIPs":["10.0.0.1"]}})", ""},
        Case{"empty_ingress", service, R"({"status":{"loadBalancer":{"ingress":[{}]}}})",
             "Service ns/istio-eastwestgateway has no address yet"},
        Case{"no_address", service, R"({"status":{"loadBalancer":{}}})",
             "Service ns/istio-eastwestgateway has no address yet"},
        Case{"any_other_kind", gateway_budget_id("ns"), "{}", ""}),
    [](const auto& one) { return one.param.name; });

TEST(Readiness, token_secret_is_judged_by_ownership_alone) {
  const ObjectId id = token_secret_id("ns");
  Object secret{.id = id, .body = json::object(), .metadata_only = true};
  secret.managers = {{.manager = "mesh", .operation = "Apply", .fields = json::parse(R"({"f:type":{}})")}};
  EXPECT_EQ(missing_of(id, &secret), fmt::format("Secret ns/{} has no token yet", token_secret));
  secret.managers.push_back({.manager = "kube-controller-manager",
                             .operation = "Update",
                             .fields = json::parse(R"({"f:data":{"f:token":{}}})")});
  EXPECT_EQ(missing_of(id, &secret), "");
  secret.managers.clear();
  EXPECT_EQ(missing_of(id, &secret), "");
  EXPECT_EQ(missing_of(id, nullptr), fmt::format("Secret ns/{} does not exist", token_secret));
}

TEST(Addresses, ip_before_hostname_and_external_ips_added) {
  const Object object{.id = service, .body = json::parse(R"({"spec":{"externalIPs":["192.0.2.1"]},
                        "status":{"loadBalancer":{"ingress":[{"ip":"10.0.0.1","hostname":"a"},{"hostname":"b"}]}}})")};
  EXPECT_EQ(addresses_of(object), (std::vector<std::string>{"10.0.0.1", "b", "192.0.2.1"}));
}

}  // namespace
}  // namespace mesh::istio
