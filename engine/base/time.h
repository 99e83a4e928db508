#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mesh {

/// RFC 3339 in UTC, to the second: `2026-11-22T10:00:00Z`.
std::string rfc3339(std::chrono::system_clock::time_point when);

/// The inverse; a fraction is dropped, an offset taken into account. Nothing when the text is not such a time.
std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text);

}  // namespace mesh
