#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mesh::kubernetes {

/// Text from outside (a plugin's stderr, a server's message) made fit to show: what looks like a credential (PEM
/// blocks, JWTs, `Bearer X`, `token=X`, long random words) becomes `[hidden]`, control characters but line breaks go,
/// the end of the line breaks is cut, and so is everything past `limit` bytes.
std::string redact(std::string_view text, std::size_t limit = 2000);

}  // namespace mesh::kubernetes
