#include "providers/istio/injection.h"

#include <gtest/gtest.h>

namespace mesh::istio {
namespace {

using nlohmann::json;

Object configuration(const std::string& name, const json& webhooks) {
  return {.id = {"admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", name},
          .body = json{{"metadata", {{"name", name}}}, {"webhooks", webhooks}}};
}

/// The two webhooks that a revision has beside those of the default one, shortened (istio-facts 6.7).
json webhooks_of(const std::string& revision) {
  const json in_revision = {{"key", "istio.io/rev"}, {"operator", "In"}, {"values", json::array({revision})}};
  const json no_revision = {{"key", "istio.io/rev"}, {"operator", "DoesNotExist"}};
  return json::array({{{"name", "rev.namespace.sidecar-injector.istio.io"},
                       {"namespaceSelector", {{"matchExpressions", json::array({in_revision})}}}},
                      {{"name", "rev.object.sidecar-injector.istio.io"},
                       {"namespaceSelector", {{"matchExpressions", json::array({no_revision})}}},
                       {"objectSelector", {{"matchExpressions", json::array({in_revision})}}}}});
}

struct WhyCase {
  const char* name;
  std::vector<Object> webhooks;
  json namespace_labels;
  json pod_labels;
  std::string why;
};
class InjectionWhy : public ::testing::TestWithParam<WhyCase> {};
TEST_P(InjectionWhy, names_the_webhook_and_the_labels) {
  EXPECT_EQ(why_not_injected(GetParam().webhooks, GetParam().namespace_labels, GetParam().pod_labels), GetParam().why);
}
INSTANTIATE_TEST_SUITE_P(
    all, InjectionWhy,
    ::testing::Values(
        WhyCase{"no_webhook",
                {},
                json::object(),
                json::object(),
                "the cluster has no injection webhook: no MutatingWebhookConfiguration of an istiod"},
        WhyCase{"other_revision",
                {configuration("istio-sidecar-injector-new", webhooks_of("new"))},
                json::object(),
                {{"istio.io/rev", "old"}, {"sidecar.istio.io/inject", "true"}},
                "none of the injection webhooks (istio-sidecar-injector-new) selects the pod: the pod has "
                "istio.io/rev=old and sidecar.istio.io/inject=true, its namespace has no label istio.io/rev and no "
                "label istio-injection"},
        WhyCase{"namespace_disabled",
                {configuration("x", webhooks_of("x"))},
                {{"istio-injection", "disabled"}},
                json::object(),
                "none of the injection webhooks (x) selects the pod: the pod has no label istio.io/rev and no label "
                "sidecar.istio.io/inject, its namespace has no label istio.io/rev and istio-injection=disabled"},
        WhyCase{"selected",
                {configuration("x", webhooks_of("x"))},
                json::object(),
                {{"istio.io/rev", "x"}},
                "webhook rev.object.sidecar-injector.istio.io of MutatingWebhookConfiguration x selects the pod, but "
                "did not change it when it was created"},
        WhyCase{"selected_by_namespace",
                {configuration("x", webhooks_of("x"))},
                {{"istio.io/rev", "x"}},
                json::object(),
                "webhook rev.namespace.sidecar-injector.istio.io of MutatingWebhookConfiguration x selects the pod, "
                "but did not change it when it was created"}),
    [](const auto& row) { return row.param.name; });

Object pod(const std::string& image, const std::string& reason) {
  const json status = {{"name", "istio-proxy"}, {"state", {{"waiting", {{"reason", reason}}}}}};
  return {.id = {"v1", "Pod", "istio-system", "p"},
          .body = json{{"spec", {{"containers", json::array({{{"name", "istio-proxy"}, {"image", image}}})}}},
                       {"status", {{"containerStatuses", json::array({status})}}}}};
}

TEST(Injection, only_an_image_that_was_not_filled_in_counts) {
  EXPECT_EQ(not_injected_reason(pod("auto", "ErrImagePull")), "ErrImagePull");
  EXPECT_EQ(not_injected_reason(pod("auto", "ImagePullBackOff")), "ImagePullBackOff");
  EXPECT_EQ(not_injected_reason(pod("auto", "ContainerCreating")), "");
  EXPECT_EQ(not_injected_reason(pod("docker.io/istio/proxyv2:1.23.3", "ErrImagePull")), "");
  EXPECT_EQ(not_injected_reason({.body = json::object()}), "");
}

}  // namespace
}  // namespace mesh::istio
