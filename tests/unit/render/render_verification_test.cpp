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

TEST(RenderVerification, shows_a_probe) {
  Verification probe;
  probe.probes = {{.cluster = "c1", .address = "10.0.0.1", .port = 15443, .error = "Connection refused"},
                  {.cluster = "c2", .address = "a", .port = 15443, .connected = true, .milliseconds = 3},
                  {.cluster = "c3",
                   .address = "b",
                   .port = 15443,
                   .connected = true,
                   .milliseconds = 4,
                   .sni = "outbound_",
                   .identity = "spiffe://x",
                   .issuer = "CN=i",
                   .issuer_key = "abc"},
                  {.cluster = "c4", .address = "c", .port = 443, .connected = true, .sni = "s", .error = "closed"}};
  EXPECT_EQ(render_verification(probe, Color::off), R"(c1  10.0.0.1:15443  no connection: Connection refused
c2  a:15443  connected in 3 ms
    no injected Service was found behind it, so TLS was not tried
c3  b:15443  connected in 4 ms
    outbound_
    certificate of spiffe://x, issued by CN=i
    key of the issuer: SHA-256 abc
c4  c:443  connected in 0 ms
    s
    no certificate: closed

3 of 4 gateway addresses can be reached from here.
)");
}

TEST(RenderVerification, shows_a_refused_certificate_below_the_probes) {
  Verification probe;
  probe.probes = {{.cluster = "c1", .address = "10.0.0.1", .port = 15443, .connected = true, .milliseconds = 3}};
  probe.findings = {{.from = "c2", .to = "c1", .fault = PathFault::trust, .read = "r", .means = "m", .do_next = "d"}};
  EXPECT_EQ(render_verification(probe, Color::off), R"(c1  10.0.0.1:15443  connected in 3 ms
    no injected Service was found behind it, so TLS was not tried

c2 -> c1: certificate is refused
    read:  r
    means: m
    do:    d

1 of 1 gateway address can be reached from here.
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
