#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>

#include "engine/codec/json_text.h"
#include "engine/codec/plan_codec.h"
#include "engine/codec/report_codec.h"
#include "engine/codec/snapshot_codec.h"
#include "engine/codec/yaml_reader.h"
#include "engine/codec/yaml_writer.h"
#include "tests/property/codec_random.h"

namespace mesh {
namespace {

constexpr int rounds = 150;

std::string told(const Diagnostics& diagnostics) {
  std::string text;
  for (const Diagnostic& one : diagnostics) {
    text += (one.at ? to_string(*one.at) + ": " : "") + one.summary + ": " + one.cause + "\n";
  }
  return text;
}

TEST(CodecRoundtrip, a_plan_comes_back_as_it_was) {
  const unsigned seed = testing::fresh_seed();
  testing::RandomValues random(seed);
  for (int i = 0; i < rounds; ++i) {
    const Plan plan = random.plan();
    const std::string bytes = encode_plan(plan);
    const Result<Plan> back = decode_plan(bytes, "p.json");
    ASSERT_TRUE(back) << "MESH_SEED=" << seed << "\n" << told(back.error()) << bytes;
    ASSERT_EQ(*back, plan) << "MESH_SEED=" << seed << "\n" << bytes;
    ASSERT_EQ(encode_plan(*back), bytes) << "MESH_SEED=" << seed;
  }
}

TEST(CodecRoundtrip, a_report_comes_back_as_it_was) {
  const unsigned seed = testing::fresh_seed();
  testing::RandomValues random(seed);
  for (int i = 0; i < rounds; ++i) {
    const Report report = random.report();
    const Result<Report> back = decode_report(encode_report(report), "r.json");
    ASSERT_TRUE(back) << "MESH_SEED=" << seed << "\n" << told(back.error());
    ASSERT_EQ(*back, report) << "MESH_SEED=" << seed;
  }
}

TEST(CodecRoundtrip, a_snapshot_comes_back_as_it_was) {
  const unsigned seed = testing::fresh_seed();
  testing::RandomValues random(seed);
  for (int i = 0; i < rounds; ++i) {
    const Snapshot snapshot = random.snapshot();
    const auto files = encode_snapshot(snapshot);
    const Result<Snapshot> back = decode_snapshot(files);
    ASSERT_TRUE(back) << "MESH_SEED=" << seed << "\n" << told(back.error());
    ASSERT_EQ(*back, snapshot) << "MESH_SEED=" << seed;
    ASSERT_EQ(encode_snapshot(*back), files) << "MESH_SEED=" << seed;
  }
}

TEST(CodecRoundtrip, any_value_survives_yaml) {
  const unsigned seed = testing::fresh_seed();
  testing::RandomValues random(seed);
  for (int i = 0; i < 20 * rounds; ++i) {
    const nlohmann::json value = {{"a", random.value(5)}, {random.text(), random.value(3)}};
    const std::string text = yaml_text(value);
    const Result<nlohmann::json> back = parse_yaml(text, "o.yaml");
    ASSERT_TRUE(back) << "MESH_SEED=" << seed << "\n" << told(back.error()) << value.dump(2) << "\n" << text;
    ASSERT_EQ(*back, value) << "MESH_SEED=" << seed << "\n" << text;
  }
}

// What a YAML 1.1 reader takes for a number, a date, a boolean or nothing must stand in quotes.
TEST(CodecRoundtrip, plain_strings_are_strings_to_every_yaml_reader) {
  const unsigned seed = testing::fresh_seed();
  testing::RandomValues random(seed);
  const std::regex taken(
      R"(|~|[yYnN]|[nN]ull|NULL|[tT]rue|TRUE|[fF]alse|FALSE|[yY]es|YES|[nN]o|NO|[oO]n|ON|[oO]ff|OFF|=|<<|)"
      R"([-+]?[0-9][0-9_,:.eExX+a-fA-FoTZt \-]*|[-+]?\.(inf|Inf|INF|nan|NaN|NAN|[0-9].*))");
  for (int i = 0; i < 20 * rounds; ++i) {
    const std::string text = random.text();
    if (is_plain_yaml(text)) {
      EXPECT_FALSE(std::regex_match(text, taken)) << "MESH_SEED=" << seed << " `" << text << "`";
    }
  }
}

TEST(CodecRoundtrip, damaged_plans_are_refused_and_never_break_the_reader) {
  const unsigned seed = testing::fresh_seed();
  testing::RandomValues random(seed);
  for (int i = 0; i < rounds; ++i) {
    const Plan plan = random.plan();
    std::string bytes = encode_plan(plan);
    if (random.coin()) {
      bytes.resize(random.below(bytes.size() - 1));
      ASSERT_FALSE(decode_plan(bytes, "p.json")) << "MESH_SEED=" << seed << "\n" << bytes;
    } else {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
      const Result<Plan> back = decode_plan(bytes, "p.json");
      if (!back) {
        EXPECT_THAT(back.error(), ::testing::Each(::testing::Field(&Diagnostic::at, ::testing::Ne(std::nullopt))))
            << "MESH_SEED=" << seed;
      }
    }
  }
}

}  // namespace
}  // namespace mesh
