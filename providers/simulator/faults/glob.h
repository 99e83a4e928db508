#pragma once

#include <string_view>

namespace mesh::simulator {

/// Whether the glob covers the whole text: `*` stands for any bytes, `?` for one.
bool covers(std::string_view glob, std::string_view text);

}  // namespace mesh::simulator
