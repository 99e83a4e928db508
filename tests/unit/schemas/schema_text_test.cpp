#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "engine/codec/check_codec.h"
#include "engine/codec/drift_codec.h"
#include "engine/codec/plan_codec.h"
#include "engine/codec/rehearsal_codec.h"
#include "engine/codec/report_codec.h"
#include "engine/codec/verification_codec.h"
#include "tests/property/codec_random.h"
#include "tests/unit/codec/sample_plan.h"

namespace mesh {
namespace {

using valijson::adapters::NlohmannJsonAdapter;

class Schema {
 public:
  explicit Schema(const std::string& name) {
    std::ifstream file(std::string(MESH_SOURCE_DIR) + "/schemas/" + name);
    const nlohmann::json text = nlohmann::json::parse(file);
    valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(NlohmannJsonAdapter(text), schema_);
  }

  /// What the schema says against the document; empty when it accepts it.
  std::string against(const nlohmann::json& document) const {
    valijson::Validator validator(valijson::Validator::kStrongTypes);
    valijson::ValidationResults results;
    if (validator.validate(schema_, NlohmannJsonAdapter(document), &results)) return {};
    std::ostringstream told;
    for (const auto& error : results) {
      for (const std::string& part : error.context) told << part;
      told << ": " << error.description << "\n";
    }
    return told.str();
  }

 private:
  valijson::Schema schema_;
};

TEST(SchemaTextDocuments, accept_what_is_written) {
  const Schema plan("plan.v1.json");
  const Schema report("report.v1.json");
  const Schema drift("drift.v1.json");
  const unsigned seed = testing::fresh_seed();
  testing::RandomValues random(seed);
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(plan.against(nlohmann::json::parse(encode_plan(random.plan()))), "") << "MESH_SEED=" << seed;
    EXPECT_EQ(report.against(nlohmann::json::parse(encode_report(random.report()))), "") << "MESH_SEED=" << seed;
    EXPECT_EQ(drift.against(nlohmann::json::parse(encode_drift(random.drift()))), "") << "MESH_SEED=" << seed;
  }
}

TEST(SchemaTextDocuments, accept_a_verification) {
  const Verification verification{
      .mesh = "prod",
      .ns = "mesh-verify-prod",
      .clusters = {{.name = "c1", .version = "v1", .sent = 20, .failed = 1},
                   {.name = "c2",
                    .version = "v2",
                    .error = {{.code = Code::unreachable, .summary = "s", .cause = "c"}}}},
      .left_out = {"c3"},
      .paths = {{.from = "c1", .to = "c1", .answers = 19}, {.from = "c1", .to = "c2", .expected = false}},
      .findings = {{.from = "c1", .fault = PathFault::failed_calls, .read = "r", .means = "m", .do_next = "d"}},
      .probes = {{.cluster = "c1", .address = "a", .port = 15443, .connected = true, .milliseconds = 2}},
      .diagnostics = {{.code = Code::cancelled, .summary = "stopped"}}};
  const Schema schema("verify.v1.json");
  EXPECT_EQ(schema.against(nlohmann::json::parse(encode_verification(verification))), "");
  EXPECT_EQ(schema.against(nlohmann::json::parse(encode_verification({}))), "");
}

TEST(SchemaTextDocuments, accept_a_check) {
  const CheckReport report{
      .mesh = "prod",
      .clusters = {{.name = "c1", .reachable = true},
                   {.name = "c2", .error = {{.code = Code::unreachable, .summary = "s", .cause = "c"}}}},
      .checks = {{.check = {"a", FindingSeverity::error, "Looks."}, .unknown_in = {"c2"}}},
      .findings = {{.id = "a",
                    .severity = FindingSeverity::error,
                    .cluster = "c1",
                    .peer = "c2",
                    .object = ObjectId{"v1", "Namespace", "", "istio-system"},
                    .read = "r",
                    .means = "m",
                    .hint = "h"},
                   {.id = "a", .severity = FindingSeverity::unknown, .read = "r", .means = "m"}},
      .diagnostics = {{.code = Code::cancelled, .summary = "stopped"}}};
  const Schema schema("check.v1.json");
  EXPECT_EQ(schema.against(nlohmann::json::parse(encode_check(report))), "");
  const EdgeReplica replica{.pod = "p",
                            .revision = "r",
                            .status = "synced",
                            .secret = "s",
                            .endpoints = HeldEndpoints{1, 1},
                            .gateways = std::vector<std::string>{"g"},
                            .fault = EdgeFault::no_gateway};
  const CheckReport effective{
      .mesh = "prod",
      .discovery = {{{.from = "c1", .to = "c2", .id = "i", .wanted = true, .replicas = {replica, {}}},
                     {.from = "c1", .id = "x", .verdict = EdgeVerdict::unwanted, .reason = "r"}}}};
  EXPECT_EQ(schema.against(nlohmann::json::parse(encode_check(effective))), "");
  EXPECT_EQ(schema.against(nlohmann::json::parse(encode_check({}))), "");
}

TEST(SchemaTextDocuments, a_rehearsal_is_part_of_its_plan) {
  const Plan plan = testing::sample_plan();
  const Rehearsal rehearsal{
      .clusters = 2,
      .report = {.actions = {{.address = {"dc1/gateway"}, .outcome = Outcome::failed}}},
      .left = {{"dc1/gateway"}},
      .paths = {{.from = "dc1", .to = "dc1", .before = true, .after = true},
                {.from = "dc1", .to = "dc2", .before = true, .after = true, .broke = true, .during = {{"dc2/gateway"}}},
                {.from = "dc2", .to = "dc1", .before = false, .after = true},
                {.from = "dc2", .to = "dc2", .before = true, .broke = true, .reason = "no gateway"}}};
  const std::string bytes = encode_plan(plan, rehearsal);
  const nlohmann::json document = nlohmann::json::parse(bytes);
  EXPECT_EQ(document.at("rehearsal"), nlohmann::json::parse(R"({
    "succeeded": false, "planned_otherwise": [], "failed": ["dc1/gateway"], "second_plan_empty": false,
    "left": ["dc1/gateway"], "paths": [
      {"from": "dc1", "to": "dc2", "before": true, "after": true, "broke": true, "during": ["dc2/gateway"], "reason": null},
      {"from": "dc2", "to": "dc1", "before": false, "after": true, "broke": false, "during": [], "reason": null},
      {"from": "dc2", "to": "dc2", "before": true, "after": false, "broke": true, "during": [], "reason": "no gateway"}]})"));
  EXPECT_EQ(Schema("plan.v1.json").against(document), "");
  const auto read = decode_plan(bytes, "p.json");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, plan);
}

TEST(SchemaTextDocuments, refuse_what_the_reader_refuses) {
  const Schema schema("plan.v1.json");
  const nlohmann::json good = nlohmann::json::parse(encode_plan(testing::sample_plan()));
  ASSERT_EQ(schema.against(good), "");
  const nlohmann::json edits = nlohmann::json::parse(R"([
    {"op": "remove", "path": "/mesh"},
    {"op": "add", "path": "/extra", "value": 1},
    {"op": "replace", "path": "/format", "value": "mesh.plan/v2"},
    {"op": "replace", "path": "/actions/0/operation", "value": "burn"},
    {"op": "remove", "path": "/actions/1/objects/0/ground/uid"},
    {"op": "replace", "path": "/actions/1/objects/0/changes/0/sensitive", "value": true},
    {"op": "replace", "path": "/diagnostics/0/severity", "value": "fatal"}])");
  for (const nlohmann::json& edit : edits) {
    const nlohmann::json bad = good.patch(nlohmann::json::array({edit}));
    EXPECT_NE(schema.against(bad), "") << edit;
    EXPECT_FALSE(decode_plan(bad.dump(), "p.json")) << edit;
  }
}

}  // namespace
}  // namespace mesh
