#pragma once

#include <string>

namespace mesh {

/// The text as one word of a shell command: as it is where that is safe, else in quotes.
std::string shell_word(const std::string& text);

}  // namespace mesh
