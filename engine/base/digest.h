#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mesh {

/// SHA-256 of the bytes as 64 lower-case hex digits.
std::string sha256_hex(std::string_view bytes);

/// Standard base64 with padding (RFC 4648 section 4).
std::string base64_encode(std::string_view bytes);

/// The inverse; white space is skipped as Kubernetes clients do. Nothing when the text is not base64.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace mesh
