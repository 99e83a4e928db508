#pragma once

#include <tl/expected.hpp>
#include <utility>

#include "engine/base/diagnostic.h"

namespace mesh {

/// A value, or every diagnostic that explains why there is none (at least one of them an error). `tl::expected` under a
/// name that may not be dropped silently.
template <class T>
class [[nodiscard]] Result : public tl::expected<T, Diagnostics> {
 public:
  using tl::expected<T, Diagnostics>::expected;
  using Base = tl::expected<T, Diagnostics>;
  Result(Base base) : Base(std::move(base)) {}  // NOLINT(google-explicit-constructor): what and_then and map return
};

inline tl::unexpected<Diagnostics> failure(Diagnostic why) {
  return tl::unexpected<Diagnostics>(Diagnostics{std::move(why)});
}
inline tl::unexpected<Diagnostics> failure(Diagnostics why) { return tl::unexpected<Diagnostics>(std::move(why)); }

}  // namespace mesh
