#pragma once

#include <string>

namespace mesh::simulator {

/// An RFC 3339 time as the server stores it: in UTC, in whole seconds or (micro) with six digits. What is none stays.
std::string stored_time(const std::string& text, bool micro);

}  // namespace mesh::simulator
