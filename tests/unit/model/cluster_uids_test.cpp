#include "engine/model/cluster_uids.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

TEST(ClusterUids, of_kube_system_decide_where_both_are_known) {
  const ClusterUids one{{"istio-system", "a"}, {"kube-system", "1"}};
  EXPECT_EQ(same_cluster(one, {{"istio-system", "b"}, {"kube-system", "1"}}), SameCluster::yes) << "made again";
  EXPECT_EQ(same_cluster(one, {{"istio-system", "a"}, {"kube-system", "2"}}), SameCluster::no);
}

TEST(ClusterUids, of_the_system_namespace_decide_where_the_others_may_not_be_read) {
  const ClusterUids one{{"istio-system", "a"}, {"kube-system", "1"}};
  EXPECT_EQ(same_cluster(one, {{"istio-system", "a"}}), SameCluster::yes);
  EXPECT_EQ(same_cluster({{"istio-system", "b"}}, one), SameCluster::no);
}

TEST(ClusterUids, of_nothing_in_common_tell_nothing) {
  EXPECT_EQ(same_cluster({{"istio-system", "a"}}, {{"mesh-system", "b"}}), SameCluster::unknown);
  EXPECT_EQ(same_cluster({}, {{"kube-system", "1"}}), SameCluster::unknown);
}

TEST(ClusterUids, are_told_by_what_decides) {
  EXPECT_EQ(to_string(ClusterUids{{"istio-system", "a"}, {"kube-system", "1"}}), "namespace kube-system has uid 1");
  EXPECT_EQ(to_string(ClusterUids{{"istio-system", "a"}}), "namespace istio-system has uid a");
  EXPECT_EQ(to_string(ClusterUids{}), "its uid is not known");
}

}  // namespace
}  // namespace mesh
