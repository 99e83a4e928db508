#include "engine/workspace/console.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include "engine/jobs/files.h"
#include "engine/render/render_diagnostics.h"

namespace mesh {

Console::Console(std::ostream& out, std::ostream& err, View view) : out_(out), err_(err), view_(std::move(view)) {}

std::optional<std::string> Console::line_of(const Position& position) {
  if (position.file != view_.spec_file || position.line == 0) return std::nullopt;
  if (!spec_text_) spec_text_ = read_file(view_.spec_file).value_or("");
  std::istringstream lines(*spec_text_);
  std::string found;
  for (std::size_t number = 0; number < position.line; ++number) {
    if (!std::getline(lines, found)) return std::nullopt;
  }
  return found;
}

void Console::print(const Diagnostics& diagnostics) {
  if (diagnostics.empty()) return;
  err_ << render_diagnostics(diagnostics, view_.err_color,
                             [this](const Position& position) { return line_of(position); });
}

int Console::fail(const Diagnostics& diagnostics) {
  print(diagnostics);
  const bool usage = std::any_of(diagnostics.begin(), diagnostics.end(), [](const Diagnostic& found) {
    return found.code == Code::usage || found.code == Code::no_such_address;
  });
  return usage ? exit_usage : exit_failed;
}

}  // namespace mesh
