#include "engine/codec/verification_codec.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace mesh {
namespace {

Verification sample() {
  return {
      .mesh = "prod",
      .ns = "mesh-verify-prod",
      .clusters = {{.name = "c1", .version = "v1", .sent = 20},
                   {.name = "c2", .version = "v2", .sent = 40, .failed = 2},
                   {.name = "c3",
                    .version = "v1",
                    .error = {{.code = Code::unreachable, .summary = "no <answer>", .cause = "a & b"}}}},
      .left_out = {"c4"},
      .paths = {{.from = "c1", .to = "c1", .answers = 20},
                {.from = "c1", .to = "c2"},
                {.from = "c2", .to = "c2", .answers = 38},
                {.from = "c2", .to = "c3", .expected = false}},
      .findings = {{.from = "c1", .to = "c2", .fault = PathFault::network, .read = "r", .means = "m", .do_next = "d"},
                   {.from = "c2", .fault = PathFault::failed_calls, .read = "\"2\"", .means = "m", .do_next = "d"}}};
}

TEST(VerificationCodec, writes_every_field) {
  const auto document = nlohmann::json::parse(encode_verification(sample()));
  EXPECT_EQ(document.at("format"), "mesh.verify/v1");
  EXPECT_EQ(document.at("namespace"), "mesh-verify-prod");
  EXPECT_EQ(document.at("passed"), false);
  EXPECT_EQ(document.at("complete"), false);
  EXPECT_EQ(document.at("left_out"), nlohmann::json::parse(R"(["c4"])"));
  EXPECT_EQ(document.at("clusters").at(1), nlohmann::json::parse(R"({"name": "c2", "version": "v2", "asked": true,
    "sent": 40, "failed": 2, "error": null})"));
  EXPECT_EQ(document.at("clusters").at(2).at("error").at(0).at("code"), "unreachable");
  EXPECT_EQ(document.at("paths").at(1),
            nlohmann::json::parse(R"({"from": "c1", "to": "c2", "expected": true, "answers": 0})"));
  EXPECT_EQ(document.at("findings"), nlohmann::json::parse(R"([
    {"from": "c1", "to": "c2", "fault": "network", "read": "r", "means": "m", "do": "d"},
    {"from": "c2", "to": null, "fault": "failed_calls", "read": "\"2\"", "means": "m", "do": "d"}])"));
}

TEST(VerificationCodec, writes_junit) {
  EXPECT_EQ(encode_verification_junit(sample()), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mesh verify prod">
  <testsuite name="c1" tests="2" failures="1" errors="0">
    <testcase classname="c1" name="c1"/>
    <testcase classname="c1" name="c2">
      <failure message="did not answer" type="network">read: r
means: m
do: d</failure>
    </testcase>
  </testsuite>
  <testsuite name="c2" tests="2" failures="1" errors="0">
    <testcase classname="c2" name="c2"/>
    <testcase classname="c2" name="calls">
      <failure message="calls failed" type="failed_calls">read: &quot;2&quot;
means: m
do: d</failure>
    </testcase>
  </testsuite>
  <testsuite name="c3" tests="1" failures="0" errors="1">
    <testcase classname="c3" name="asked">
      <error message="no &lt;answer&gt;">a &amp; b</error>
    </testcase>
  </testsuite>
</testsuites>
)");
}

TEST(VerificationCodec, names_every_fault) {
  EXPECT_STREQ(to_string(PathFault::not_injected), "not_injected");
  EXPECT_STREQ(to_string(PathFault::no_gateway_address), "no_gateway_address");
  EXPECT_STREQ(to_string(PathFault::unknown), "unknown");
}

TEST(VerificationCodec, writes_a_refused_certificate_as_a_failure_of_junit) {
  Verification probe{.mesh = "prod", .clusters = {{.name = "c1"}}};
  probe.probes = {{.cluster = "c1", .address = "10.0.0.1", .port = 15443, .connected = true}};
  probe.findings = {{.from = "c1", .to = "c2", .fault = PathFault::trust, .read = "r", .means = "m", .do_next = "d"}};
  EXPECT_FALSE(probe.passed());
  EXPECT_EQ(encode_verification_junit(probe), R"(<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="mesh verify prod">
  <testsuite name="c1" tests="2" failures="1" errors="0">
    <testcase classname="c1" name="trust of c2">
      <failure message="certificate is refused" type="trust">read: r
means: m
do: d</failure>
    </testcase>
    <testcase classname="c1" name="gateway 10.0.0.1:15443"/>
  </testsuite>
</testsuites>
)");
}

}  // namespace
}  // namespace mesh
