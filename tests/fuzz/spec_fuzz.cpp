#include "engine/load/load_spec.h"
#include "providers/platform/platforms.h"
#include "tests/fuzz/fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto spec =
      mesh::load_spec({.name = "mesh.toml", .bytes = std::string(mesh::fuzz::text_of(data, size)), .folder = ""},
                      mesh::platform::all());
  if (!spec) mesh::fuzz::require_printable(spec.error());
  return 0;
}
