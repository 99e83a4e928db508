#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "providers/simulator/apiserver/request/exchange.h"

namespace mesh::simulator {

enum class Propagation { background, foreground, orphan };

/// Query and body of a delete (DeleteOptions of meta.k8s.io).
struct DeleteOptions {
  bool dry_run = false;
  std::optional<Propagation> propagation{};
  std::optional<std::int64_t> grace_seconds{};
  /// Preconditions; empty: none.
  std::string uid{};
  std::string version{};
};

/// Errors: 400 for what cannot be read, 422 for values that are not known.
ApiResult<DeleteOptions> delete_options(const Exchange& exchange);

}  // namespace mesh::simulator
