#pragma once

#include <cstdint>
#include <string>

#include "providers/simulator/apimachinery/errors/api_error.h"

namespace mesh::simulator {

/// Where a list goes on; opaque to clients.
struct ContinueToken {
  /// Of the list's first page; -1: of now, consistent or not.
  std::int64_t version = 0;
  /// The last key that was sent, as the store orders them.
  std::string after;
};

std::string encode_continue(const ContinueToken& token);
/// Errors: 400.
ApiResult<ContinueToken> decode_continue(const std::string& text);

}  // namespace mesh::simulator
