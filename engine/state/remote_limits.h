#pragma once

#include <chrono>
#include <stop_token>

namespace mesh {

/// How long a remote may take, which may be silent for ever.
struct RemoteLimits {
  /// All talk of one command's reading, and of one save.
  std::chrono::milliseconds budget{60'000};
  /// Ends what is read at once, and leaves a push `grace`.
  std::stop_token stop = {};
  std::chrono::milliseconds grace{10'000};
};

}  // namespace mesh
