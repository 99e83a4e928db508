#pragma once

#include <string>
#include <string_view>

namespace mesh {

// Names, times and messages come from clusters, files and other programs: none may steer the terminal that shows them.
// In both, each byte of a control character and each byte that is not UTF-8 becomes `?`, so that columns stay.

/// The text on one line: a line break or a tab becomes a blank.
std::string printable(std::string_view text);

/// The text with its line breaks and tabs.
std::string printable_lines(std::string_view text);

}  // namespace mesh
