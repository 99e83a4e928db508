#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/load/value.h"

namespace mesh {

/// Collects what is wrong with one file.
class Problems {
 public:
  explicit Problems(std::string file) : file_(std::move(file)) {}

  void add(Code code, SourcePosition at, std::string summary, std::string cause, std::string hint = {});
  bool empty() const { return found_.empty(); }
  /// All of them in order of position; those at one place in the order in which they were added.
  Diagnostics take();

 private:
  std::string file_;
  Diagnostics found_;
};

/// A text of the user between backticks, cut when it is long.
std::string shown(std::string_view text);

/// "did you mean" or the list of candidates, unless that list is too long to be read.
std::string suggestion(std::string_view name, const std::vector<std::string>& candidates);

}  // namespace mesh
