#include "engine/base/suggest.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

TEST(Suggest, finds_a_slip_of_the_fingers) {
  EXPECT_EQ(nearest("replicsa", {"exposure", "replicas"}), "replicas");
  EXPECT_EQ(nearest("gke-vmare", {"gke-aws", "gke-vmware"}), "gke-vmware");
}

TEST(Suggest, offers_nothing_far_away) { EXPECT_EQ(nearest("colour", {"platform", "network"}), std::nullopt); }

TEST(Suggest, lists_the_choices_when_none_is_near) {
  EXPECT_EQ(did_you_mean("colour", {"platform", "network"}), "one of: platform, network");
  EXPECT_EQ(did_you_mean("netwrok", {"platform", "network"}), "did you mean `network`?");
  EXPECT_EQ(did_you_mean("x", {}), "");
}

}  // namespace
}  // namespace mesh
