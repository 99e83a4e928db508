#include "engine/codec/check_codec.h"

#include <gtest/gtest.h>

namespace mesh {
namespace {

TEST(CheckCodec, writes_every_field) {
  const CheckReport report{
      .mesh = "prod",
      .complete = false,
      .clusters = {{.name = "dc1", .reachable = true, .server_version = "v1.32.1"}},
      .checks = {{.check = {"clock-skew", FindingSeverity::warning, "Clocks."}, .skipped = true},
                 {.check = {"trust-domain", FindingSeverity::error, "Domains."}, .unknown_in = {"dc1"}}},
      .findings = {{.id = "trust-domain",
                    .severity = FindingSeverity::error,
                    .cluster = "dc1",
                    .peer = "dc2",
                    .object = ObjectId{"v1", "ConfigMap", "istio-system", "istio"},
                    .read = "a",
                    .means = "b",
                    .hint = "c"},
                   {.id = "x", .severity = FindingSeverity::unknown, .read = "d", .means = "e"}}};
  const auto document = nlohmann::json::parse(encode_check(report));
  EXPECT_EQ(document.at("format"), "mesh.check/v1");
  EXPECT_EQ(document.at("summary"), nlohmann::json::parse(R"({"error": 1, "warning": 0, "unknown": 1})"));
  EXPECT_EQ(document.at("findings"), nlohmann::json::parse(R"([
    {"id": "trust-domain", "severity": "error", "cluster": "dc1", "peer": "dc2",
     "object": {"api_version": "v1", "kind": "ConfigMap", "namespace": "istio-system", "name": "istio"},
     "read": "a", "means": "b", "do": "c"},
    {"id": "x", "severity": "unknown", "cluster": null, "peer": null, "object": null, "read": "d", "means": "e",
     "do": null}])"));
  EXPECT_EQ(document.at("checks"), nlohmann::json::parse(R"([
    {"id": "clock-skew", "severity": "warning", "looks_at": "Clocks.", "skipped": true, "unknown_in": []},
    {"id": "trust-domain", "severity": "error", "looks_at": "Domains.", "skipped": false, "unknown_in": ["dc1"]}])"));
}

TEST(CheckCodec, writes_trust_only_where_it_was_judged) {
  EXPECT_TRUE(nlohmann::json::parse(encode_check({.mesh = "prod"})).at("trust").is_null());
  const CheckReport report{.mesh = "prod", .trust = {.clusters = {{.cluster = "dc1"}}}};
  EXPECT_EQ(nlohmann::json::parse(encode_check(report)).at("trust").at("clusters").at(0).at("name"), "dc1");
}

TEST(CheckCodec, writes_who_discovers_whom_only_where_it_was_asked) {
  EXPECT_TRUE(nlohmann::json::parse(encode_check({.mesh = "prod"})).at("discovery").is_null());
  const CheckReport report{.mesh = "prod", .discovery = {{{.from = "a", .to = "b"}}}};
  EXPECT_EQ(nlohmann::json::parse(encode_check(report)).at("discovery").at("edges").at(0).at("from"), "a");
}

TEST(CheckCodec, writes_the_catalogue) {
  EXPECT_EQ(nlohmann::json::parse(encode_checks({{"clock-skew", FindingSeverity::warning, "Clocks."}})),
            nlohmann::json::parse(R"([{"id": "clock-skew", "severity": "warning", "looks_at": "Clocks."}])"));
}

}  // namespace
}  // namespace mesh
