#include "engine/codec/plan_codec.h"
#include "engine/render/render_plan.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace mesh;
  const auto plan = decode_plan(std::string(fuzz::text_of(data, size)), "plan.json");
  if (!plan) {
    fuzz::require_printable(plan.error());
    return 0;
  }
  const std::string shown = render_plan(*plan, Color::off);
  fuzz::require(shown == printable_lines(shown));
  const std::string written = encode_plan(*plan);
  const auto again = decode_plan(written, "plan.json");
  fuzz::require(again && encode_plan(*again) == written);
  return 0;
}
