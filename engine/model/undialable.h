#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mesh {

/// Why other clusters cannot dial the API server at this URL (`https://host[:port]`), as a sentence without a full stop
/// that names the host; nothing when no reason is known. Decides by the text alone: loopback, unspecified and
/// link-local addresses, names of one machine, in-cluster names, and Connect gateway hosts, which take Google
/// identities and no service-account tokens.
std::optional<std::string> undialable(std::string_view url);

}  // namespace mesh
