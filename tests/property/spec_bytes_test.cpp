#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <random>

#include "engine/load/load_spec.h"
#include "engine/render/render_diagnostics.h"
#include "providers/platform/platforms.h"
#include "tests/property/spec_generator.h"

namespace mesh {
namespace {

unsigned seed() {
  if (const char* given = std::getenv("MESH_TEST_SEED")) return static_cast<unsigned>(std::strtoul(given, nullptr, 10));
  return std::random_device()();
}

/// Changes bytes without regard to what they mean.
std::string damaged(std::string text, testing::SpecGenerator& random) {
  static constexpr char raw[] = "\0\n\r\t\"'[]{}=.,#\\-_:+eE09tf\x7F\x80\xC3\xE2\xFF";
  static const std::string bytes(raw, sizeof raw - 1);
  for (std::size_t changes = 1 + random.below(4); changes > 0 && !text.empty(); --changes) {
    const std::size_t at = random.below(text.size());
    switch (random.below(4)) {
      case 0:
        text[at] = bytes[random.below(bytes.size())];
        break;
      case 1:
        text.insert(at, 1, bytes[random.below(bytes.size())]);
        break;
      case 2:
        text.erase(at, 1 + random.below(8));
        break;
      default:
        text.insert(at, text.substr(random.below(text.size()), random.below(60)));
    }
  }
  return text;
}

/// Whatever the bytes are, the loader answers, and each problem has a place inside the text.
TEST(SpecBytes, are_answered_with_places_inside_the_text) {
  const unsigned from = seed();
  std::cout << "seed " << from << "\n";
  testing::SpecGenerator random(from);
  for (int i = 0; i < 3000 && !HasFailure(); ++i) {
    const std::string text = damaged(testing::to_toml(random.spec()), random);
    const auto spec = load_spec({.name = "mesh.toml", .bytes = text, .folder = {}}, platform::all());
    if (spec) continue;
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    for (const Diagnostic& found : spec.error()) {
      ASSERT_TRUE(found.at.has_value()) << "seed " << from;
      EXPECT_GE(found.at->line, 1U) << "seed " << from;
      EXPECT_LE(found.at->line, lines) << "seed " << from;
      EXPECT_GE(found.at->column, 1U) << "seed " << from;
      EXPECT_LE(found.at->column, text.size() + 1) << "seed " << from;
    }
    const std::string shown =
        render_diagnostics(spec.error(), Color::off, [&](const Position&) { return std::optional(text); });
    EXPECT_EQ(shown.find('\x1b'), std::string::npos) << "seed " << from;
  }
}

}  // namespace
}  // namespace mesh
