#pragma once

#include <chrono>
#include <optional>
#include <string_view>

namespace mesh::kubernetes {

/// `2026-11-22T10:00:00Z`, with a fraction or an offset; nothing when it is no such text.
std::optional<std::chrono::system_clock::time_point> parse_rfc3339(std::string_view text);

/// `Sun, 22 Nov 2026 10:00:00 GMT` (RFC 9110 IMF-fixdate).
std::optional<std::chrono::system_clock::time_point> parse_http_date(std::string_view text);

/// The value of a Retry-After header, seconds or a date, as a wait counted from `now`; never negative.
std::optional<std::chrono::milliseconds> parse_retry_after(std::string_view text,
                                                           std::chrono::system_clock::time_point now);

}  // namespace mesh::kubernetes
