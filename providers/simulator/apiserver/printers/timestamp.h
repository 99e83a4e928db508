#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace mesh::simulator {

/// "2026-11-22T13:50:10Z".
std::string utc_text(std::chrono::system_clock::time_point when);

/// The inverse, with or without a fraction of a second; nothing when it is no such time.
std::optional<std::chrono::system_clock::time_point> utc_time(const std::string& text);

/// Seconds since 1970.
std::int64_t unix_seconds(std::chrono::system_clock::time_point when);

}  // namespace mesh::simulator
