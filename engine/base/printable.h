#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mesh {

// Names, times and messages come from clusters, files and other programs: none may steer the terminal that shows them,
// or look like another line. What renders text passes each value through `printable`; `terminal_text` is behind all of
// them, where the bytes leave the process. In each, a byte of what may not be shown (control characters, marks that
// turn the direction of text, what is not UTF-8) becomes `?`, so that columns stay.

/// The text on one line: a line break or a tab becomes a blank.
std::string printable(std::string_view text);

/// The text with its line breaks and tabs.
std::string printable_lines(std::string_view text);

/// The text with its line breaks and tabs, and the colours that mesh adds.
std::string terminal_text(std::string_view text);

/// How many bytes at the end are the beginning of a character or of a colour.
std::size_t incomplete_tail(std::string_view text);

/// A JSON text in which what may not be shown is escaped: the value is the same.
std::string escaped_json(std::string dumped);

}  // namespace mesh
