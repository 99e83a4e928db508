#include "engine/workspace/init/cluster_name.h"

#include <gtest/gtest.h>

#include "engine/load/check_names.h"

namespace mesh {
namespace {

struct Row {
  const char* name;
  std::string context;
  std::set<std::string> taken;
  const char* expected;
};

class ClusterName : public ::testing::TestWithParam<Row> {};

TEST_P(ClusterName, is_a_dns_label_of_its_own) {
  const std::string name = cluster_name(GetParam().context, GetParam().taken);
  EXPECT_EQ(name, GetParam().expected);
  EXPECT_FALSE(check_dns_label(name));
}

const Row rows[] = {
    {"plain", "dc1", {}, "dc1"},
    {"kubeadm", "kubernetes-admin@dc1", {}, "dc1"},
    {"eks", "arn:aws:eks:eu-west-1:123456789012:cluster/Store_1", {}, "store-1"},
    {"gke", "gke_acme_europe-west1-b_dc1", {}, "dc1"},
    {"connect_gateway", "connectgateway_acme_global_dc1", {}, "dc1"},
    {"eksctl", "me@store.eu-west-1.eksctl.io", {}, "store"},
    {"underscores_alone", "gke_x", {}, "gke-x"},
    {"the_whole_context_where_the_part_is_taken", "admin@dc1", {"dc1"}, "admin-dc1"},
    {"a_number_at_last", "admin@dc1", {"dc1", "admin-dc1"}, "dc1-2"},
    {"the_next_number", "dc1", {"dc1", "dc1-2"}, "dc1-3"},
    {"at_the_end", "admin@", {}, "admin"},
    {"no_letters", "@@/..", {}, "cluster"},
    {"nothing", "", {}, "cluster"},
    {"long", std::string(100, 'x'), {}, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"},
};

INSTANTIATE_TEST_SUITE_P(Contexts, ClusterName, ::testing::ValuesIn(rows),
                         [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace mesh
