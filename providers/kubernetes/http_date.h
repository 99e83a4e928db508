#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace mesh::kubernetes {

/// The value of a Date header; nothing when it is not a date.
std::optional<std::chrono::system_clock::time_point> parse_http_date(const std::string& text);

}  // namespace mesh::kubernetes
