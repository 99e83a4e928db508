#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/base/printable.h"
#include "engine/render/render_diagnostics.h"

// What the fuzzers share. libFuzzer calls LLVMFuzzerTestOneInput; a crash, a sanitizer's report, more than a second or
// an abort of `require` is a finding.
namespace mesh::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline void require(bool holds) {
  if (!holds) std::abort();
}

/// Whatever is wrong with a text, what is said of it is fit for a terminal.
inline void require_printable(const Diagnostics& found) {
  const std::string shown = render_diagnostics(found, Color::off, {});
  require(shown == printable_lines(shown));
}

}  // namespace mesh::fuzz
