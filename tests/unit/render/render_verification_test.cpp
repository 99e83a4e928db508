#include "engine/render/render_verification.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

Verification healthy() {
  return {.mesh = "prod",
          .ns = "mesh-verify-prod",
          .clusters = {{.name = "c1", .version = "v1", .sent = 20}, {.name = "store", .version = "v2", .sent = 20}},
          .paths = {{.from = "c1", .to = "c1", .answers = 9},
                    {.from = "c1", .to = "store", .answers = 11},
                    {.from = "store", .to = "c1", .expected = false},
                    {.from = "store", .to = "store", .answers = 20}}};
}

TEST(RenderVerification, shows_who_answered_whom) {
  EXPECT_EQ(render_verification(healthy(), Color::off), R"(answers to  c1 (v1)  store (v2)
c1                9          11
store             -          20

Every expected version answered: 40 calls from 2 clusters.
)");
}

TEST(RenderVerification, explains_what_is_missing) {
  Verification broken = healthy();
  broken.paths[1].answers = 0;
  broken.findings = {
      {.from = "c1", .to = "store", .fault = PathFault::network, .read = "r\n", .means = "m", .do_next = "d"},
      {.from = "store", .fault = PathFault::failed_calls, .read = "r", .means = "m", .do_next = "d"}};
  broken.left_out = {"a", "b"};
  EXPECT_EQ(render_verification(broken, Color::off), R"(answers to  c1 (v1)  store (v2)
c1                9           0
store             -          20

c1 -> store: no answer
    read:  r 
    means: m
    do:    d

store: calls failed
    read:  r
    means: m
    do:    d

Verification failed: 1 path without an answer; 40 calls from 2 clusters.
A sample of 2 clusters; 2 are left out, --all verifies every cluster.
)");
}

TEST(RenderVerification, names_who_could_not_be_asked) {
  Verification none;
  none.clusters = {{.name = "c1",
                    .version = "v1",
                    .error = {{.code = Code::unreachable, .summary = "API server cannot be reached", .cause = "why"}}}};
  EXPECT_EQ(render_verification(none, Color::off), R"(c1  could not be verified
    API server cannot be reached: why

No cluster was verified.
)");
}

}  // namespace
}  // namespace mesh
