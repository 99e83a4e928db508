#include "providers/platform/platforms.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace mesh::platform {
namespace {

using testing::ElementsAre;
using testing::Key;
using testing::Pair;
using Ca = CertificateAuthority;

const std::string aws = "service.beta.kubernetes.io/aws-load-balancer-";
const std::string azure_internal = "service.beta.kubernetes.io/azure-load-balancer-internal";

TEST(Platforms, are_the_six_of_the_guide_and_any_other) {
  EXPECT_THAT(all(), ElementsAre(Key("aks"), Key("eks"), Key("gdc-bare-metal"), Key("gke-aws"), Key("gke-azure"),
                                 Key("gke-vmware"), Key("kubernetes")));
}

struct Row {
  std::string name;
  LoadBalancerAddress address;
  bool load_balancer_ip;
  std::map<CertificateAuthority, std::string> providers;
};

class PlatformsTable : public testing::TestWithParam<Row> {};

TEST_P(PlatformsTable, says_what_the_vendor_says) {
  const Row& row = GetParam();
  const Platform& found = all().at(row.name);
  EXPECT_EQ(found.name, row.name);
  EXPECT_EQ(found.address, row.address);
  EXPECT_EQ(found.load_balancer_ip, row.load_balancer_ip);
  EXPECT_EQ(found.certificate_providers, row.providers);
  EXPECT_FALSE(found.title.empty());
  EXPECT_FALSE(found.login.empty());
}

const std::map<Ca, std::string> on_premises = {
    {Ca::mesh_ca, "kubernetes"}, {Ca::ca_service, "kubernetes"}, {Ca::istio_ca, "istiod"}};
const std::map<Ca, std::string> elsewhere = {{Ca::mesh_ca, "istiod"}, {Ca::istio_ca, "istiod"}};

INSTANTIATE_TEST_SUITE_P(table, PlatformsTable,
                         testing::Values(Row{"gke-vmware", LoadBalancerAddress::ip, true, on_premises},
                                         Row{"gdc-bare-metal", LoadBalancerAddress::ip, true, on_premises},
                                         Row{"gke-azure", LoadBalancerAddress::ip, true, elsewhere},
                                         Row{"gke-aws", LoadBalancerAddress::hostname, false, elsewhere},
                                         Row{"eks", LoadBalancerAddress::hostname, false, elsewhere},
                                         Row{"aks", LoadBalancerAddress::ip, true, elsewhere},
                                         Row{"kubernetes", LoadBalancerAddress::either, true, elsewhere}),
                         [](const auto& row) {
                           std::string name = row.param.name;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(Platforms, on_premises_need_no_annotation) {
  for (const char* name : {"gke-vmware", "gdc-bare-metal", "kubernetes"}) {
    EXPECT_TRUE(all().at(name).public_annotations.empty()) << name;
    EXPECT_TRUE(all().at(name).internal_annotations.empty()) << name;
  }
}

TEST(Platforms, azure_is_internal_by_annotation) {
  for (const char* name : {"gke-azure", "aks"}) {
    EXPECT_TRUE(all().at(name).public_annotations.empty()) << name;
    EXPECT_THAT(all().at(name).internal_annotations, ElementsAre(Pair(azure_internal, "true"))) << name;
  }
}

TEST(Platforms, aws_takes_a_network_load_balancer_and_internal_only_at_creation) {
  for (const char* name : {"gke-aws", "eks"}) {
    const Platform& found = all().at(name);
    EXPECT_EQ(found.public_annotations.at(aws + "type"), "nlb") << name;
    EXPECT_EQ(found.public_annotations.count(aws + "internal"), 0U) << name;
    EXPECT_EQ(found.internal_annotations.at(aws + "internal"), "true") << name;
    EXPECT_THAT(found.creation_only_annotations, ElementsAre(aws + "internal")) << name;
  }
}

TEST(Platforms, eks_says_the_scheme_because_its_controller_defaults_to_internal) {
  EXPECT_EQ(all().at("eks").public_annotations.at(aws + "scheme"), "internet-facing");
  EXPECT_EQ(all().at("eks").internal_annotations.at(aws + "scheme"), "internal");
}

}  // namespace
}  // namespace mesh::platform
