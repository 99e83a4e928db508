#pragma once

#include <string>
#include <string_view>

namespace mesh {

/// ASCII letters in lower case; other bytes stay.
std::string lower_case(std::string_view text);

}  // namespace mesh
