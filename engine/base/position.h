#pragma once

#include <cstddef>
#include <string>

namespace mesh {

/// A place in a text file. Line and column count from 1; the column counts bytes. Zero means "the whole file".
struct Position {
  std::string file;
  std::size_t line = 0;
  std::size_t column = 0;

  bool operator==(const Position&) const = default;
};

/// `file:line:column`, shortened to `file` where no line is known.
std::string to_string(const Position& position);

}  // namespace mesh
