#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <map>
#include <set>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "engine/load/load_spec.h"
#include "engine/schemas/schema_text.h"
#include "providers/platform/platforms.h"
#include "tests/property/spec_generator.h"

namespace mesh {
namespace {

using nlohmann::json;

/// From MESH_TEST_SEED, to repeat a failure, else a new one each time.
unsigned seed() {
  if (const char* given = std::getenv("MESH_TEST_SEED")) return static_cast<unsigned>(std::strtoul(given, nullptr, 10));
  return std::random_device()();
}

/// What only the loader can know, as the schema's description says: by code, or by code and summary.
bool is_beyond_the_schema(const Diagnostic& found) {
  static const std::set<Code> codes = {Code::unknown_peer, Code::duplicate_id, Code::shared_network,
                                       Code::undialable_api_server};
  static const std::set<std::string> summaries = {"certificate authority is not offered on this platform",
                                                  "platform does not honour `load_balancer_ip`",
                                                  "min is greater than max",
                                                  "address block has host bits set",
                                                  "cluster is its own peer",
                                                  "cluster id is too long"};
  return codes.contains(found.code) || summaries.contains(found.summary);
}

class SpecSchema : public ::testing::Test {
 protected:
  SpecSchema() {
    const json text = json::parse(schema_text("mesh.v1").value());
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema_);
  }

  bool schema_accepts(const json& document) {
    return validator_.validate(schema_, valijson::adapters::NlohmannJsonAdapter(document), nullptr);
  }

  static Result<Spec> load(const std::string& text) {
    return load_spec({.name = "mesh.toml", .bytes = text, .folder = "/etc/mesh"}, platform::all());
  }

  /// Both sides agree about the document, but for what the schema cannot say.
  void expect_agreement(const json& document, const std::string& trace) {
    const std::string text = testing::to_toml(document);
    const auto spec = load(text);
    const bool accepted = schema_accepts(document);
    ++agreements_[accepted];
    if (spec) {
      EXPECT_TRUE(accepted) << trace << "\nthe loader accepts what the schema refuses:\n" << text;
      return;
    }
    // The loader stands for the schema's side: without the rules beyond it, is anything left?
    bool refused = false;
    for (const Diagnostic& found : spec.error()) {
      EXPECT_NE(found.code, Code::syntax_error) << trace << "\n" << found.cause << "\n" << text;
      if (is_beyond_the_schema(found)) continue;
      refused = true;
      EXPECT_FALSE(accepted) << trace << "\nthe schema accepts what the loader refuses at " << to_string(*found.at)
                             << ", " << found.cause << ":\n"
                             << text;
    }
    if (!refused && !accepted) {
      // A wrong name among the peers is reported as unknown, whatever else is wrong with it.
      EXPECT_TRUE(names_unknown_peer(spec.error())) << trace << "\nonly the schema refuses:\n" << text;
    }
  }

  static bool names_unknown_peer(const Diagnostics& found) {
    for (const Diagnostic& one : found) {
      if (one.code == Code::unknown_peer) return true;
    }
    return false;
  }

  valijson::Schema schema_;
  /// One for all: it keeps the compiled patterns.
  valijson::Validator validator_{valijson::Validator::kStrongTypes};
  std::map<bool, int> agreements_;
};

TEST_F(SpecSchema, accepts_what_the_generator_calls_good) {
  const unsigned from = seed();
  std::cout << "seed " << from << "\n";
  testing::SpecGenerator generator(from);
  for (int i = 0; i < 500 && !HasFailure(); ++i) {
    const json document = generator.spec();
    const std::string text = testing::to_toml(document);
    const auto spec = load(text);
    EXPECT_TRUE(spec.has_value()) << "seed " << from << ", " << (spec ? "" : spec.error().front().cause) << "\n"
                                  << text;
    EXPECT_TRUE(schema_accepts(document)) << "seed " << from << "\n" << text;
  }
}

TEST_F(SpecSchema, agrees_with_the_loader_on_changed_specs) {
  const unsigned from = seed();
  std::cout << "seed " << from << "\n";
  testing::SpecGenerator generator(from);
  for (int i = 0; i < 3000 && !HasFailure(); ++i) {
    json document = generator.spec();
    for (std::size_t changes = 1 + generator.below(3); changes > 0; --changes) generator.mutate(document);
    expect_agreement(document, "seed " + std::to_string(from) + ", round " + std::to_string(i));
  }
  EXPECT_GT(agreements_[true], 300);
  EXPECT_GT(agreements_[false], 300);
}

TEST_F(SpecSchema, agrees_with_the_loader_on_each_edge_value_at_each_place) {
  const std::vector<json> values = testing::edge_values();
  auto documents = testing::full_specs();
  for (json& document : documents) {
    EXPECT_TRUE(schema_accepts(document));
    for (std::size_t i = 0; i < testing::values_inside(document).size(); ++i) {
      // Found anew each time: to put a table back moves what is inside it.
      json* place = testing::values_inside(document)[i];
      const json before = *place;
      for (const json& value : values) {
        *place = value;
        expect_agreement(document, "edge value " + value.dump());
        if (HasFailure()) return;
      }
      *place = before;
    }
  }
}

TEST_F(SpecSchema, describes_every_field) {
  const json schema = json::parse(schema_text("mesh.v1").value());
  const auto described = [](const json& properties, const std::string& where) {
    for (const auto& [name, field] : properties.items()) {
      EXPECT_TRUE(field.contains("description") || field.contains("$ref")) << where << "." << name;
    }
  };
  described(schema["properties"], "spec");
  for (const auto& [name, definition] : schema["definitions"].items()) {
    if (definition.contains("properties")) described(definition["properties"], name);
  }
}

TEST_F(SpecSchema, names_the_platforms_that_there_are) {
  const json schema = json::parse(schema_text("mesh.v1").value());
  std::set<std::string> names;
  for (const auto& [name, platform] : platform::all()) names.insert(name);
  EXPECT_EQ(schema["definitions"]["cluster"]["properties"]["platform"]["enum"].get<std::set<std::string>>(), names);
}

TEST(SchemaText, knows_nothing_else) {
  EXPECT_EQ(schema_text("mesh"), std::nullopt);
  EXPECT_EQ(schema_text(""), std::nullopt);
}

}  // namespace
}  // namespace mesh
