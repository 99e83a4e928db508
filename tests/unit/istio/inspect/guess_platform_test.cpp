#include "providers/istio/inspect/guess_platform.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mesh::istio {
namespace {

struct Row {
  const char* name;
  PlatformSigns signs;
  const char* platform;
  bool is_certain;
};

class GuessPlatform : public ::testing::TestWithParam<Row> {};

TEST_P(GuessPlatform, by_its_signs) {
  const FoundPlatform found = guess_platform(GetParam().signs);
  EXPECT_EQ(found.name, GetParam().platform) << found.from;
  EXPECT_EQ(found.is_certain, GetParam().is_certain) << found.from;
  EXPECT_EQ(found.from.empty(), std::string(GetParam().platform) == "kubernetes");
}

PlatformSigns node(std::map<std::string, std::string> labels, std::string provider = "") {
  return {.node = "n", .node_labels = std::move(labels), .provider_id = std::move(provider)};
}

constexpr const char* pool = "cloud.google.com/gke-nodepool";

const Row rows[] = {
    {"no_sign", {}, "kubernetes", false},
    {"eks_label", node({{"eks.amazonaws.com/nodegroup", "x"}}), "eks", true},
    {"eksctl_label", node({{"alpha.eksctl.io/cluster-name", "x"}}), "eks", true},
    {"aks_label", node({{"kubernetes.azure.com/cluster", "x"}}, "azure:///x"), "aks", true},
    {"gke_on_aws", node({{pool, "x"}}, "aws:///x"), "gke-aws", true},
    {"gke_on_azure", node({{pool, "x"}}, "azure:///x"), "gke-azure", true},
    {"gke_on_vmware", node({{pool, "x"}}, "vsphere://x"), "gke-vmware", true},
    {"gke_on_vmware_by_label", node({{"onprem.gke.io/x", "x"}}), "gke-vmware", true},
    {"bare_metal", node({{"baremetal.cluster.gke.io/x", "x"}}), "gdc-bare-metal", true},
    {"bare_metal_by_provider", node({}, "baremetal://10.0.0.1"), "gdc-bare-metal", true},
    {"gke", node({{pool, "x"}}, "gce://p/z/n"), "gke", true},
    {"openshift", node({{"node.openshift.io/os_id", "rhcos"}}, "aws:///x"), "openshift", true},
    {"k3s", node({{"node.kubernetes.io/instance-type", "k3s"}}), "k3s", true},
    {"vsphere_alone", node({}, "vsphere://x"), "kubernetes", false},
    {"cloud_alone", node({}, "aws:///x"), "eks", false},
    {"eks_version", {.server_version = "v1.32.1-eks-abc"}, "eks", true},
    {"k3s_version", {.server_version = "v1.32.1+k3s1"}, "k3s", true},
    {"aks_daemons", {.daemon_sets = {"kube-proxy", "azure-cns"}}, "aks", false},
    {"eks_host", {.server = "https://x.gr7.eu-west-1.eks.amazonaws.com"}, "eks", false},
    {"aks_host", {.server = "https://x.hcp.westeurope.azmk8s.io:443"}, "aks", false},
    {"aws_login", {.login = "aws --region x eks get-token"}, "eks", false},
    {"aks_login", {.login = "kubelogin get-token"}, "aks", false},
    {"gke_login", {.login = "gke-gcloud-auth-plugin "}, "gke", false},
    {"gcloud_for_aws", {.login = "gcloud container aws clusters print-access-token"}, "gke-aws", false},
    {"login_tells_whose_cloud",
     {.node = "n", .provider_id = "aws:///x", .login = "gcloud container aws clusters"},
     "gke-aws",
     false},
    {"nodes_win_over_the_login",
     {.node = "n", .node_labels = {{"eks.amazonaws.com/x", ""}}, .login = "kubelogin"},
     "eks",
     true},
};

INSTANTIATE_TEST_SUITE_P(Signs, GuessPlatform, ::testing::ValuesIn(rows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh::istio
