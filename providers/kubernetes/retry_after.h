#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace mesh::kubernetes {

/// The value of a Retry-After header, seconds or an HTTP date, as a wait counted from `now`; never negative.
std::optional<std::chrono::milliseconds> parse_retry_after(const std::string& text,
                                                           std::chrono::system_clock::time_point now);

}  // namespace mesh::kubernetes
