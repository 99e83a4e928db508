#pragma once

#include <optional>
#include <ostream>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/render/style.h"

namespace mesh {

enum class Format { text, json };

/// Exit codes of all commands.
enum ExitCode : int { exit_done = 0, exit_failed = 1, exit_differences = 2, exit_incomplete = 3, exit_usage = 64 };

/// How a command shows what it has.
struct View {
  Format format = Format::text;
  Color out_color = Color::off;
  Color err_color = Color::off;
  /// Diagnostics in this file are shown with the line that they are about.
  std::string spec_file = {};
};

/// What a command prints: results to stdout, everything else to stderr.
class Console {
 public:
  Console(std::ostream& out, std::ostream& err, View view);

  bool json() const { return view_.format == Format::json; }
  std::ostream& results() { return out_; }
  Color result_color() const { return view_.out_color; }
  std::ostream& messages() { return err_; }
  Color message_color() const { return view_.err_color; }
  /// For text that comes beside a result: stdout, or stderr where stdout belongs to a JSON document.
  std::ostream& remarks() { return json() ? err_ : out_; }
  Color remark_color() const { return json() ? view_.err_color : view_.out_color; }

  /// The text of the spec as it was read. Before that, lines are read from the file.
  void quote(std::string spec_text) { spec_text_ = std::move(spec_text); }
  void print(const Diagnostics& diagnostics);
  /// Prints them and returns exit_failed, or exit_usage where the command line is the cause.
  int fail(const Diagnostics& diagnostics);

 private:
  std::optional<std::string> line_of(const Position& position);

  std::ostream& out_;
  std::ostream& err_;
  const View view_;
  std::optional<std::string> spec_text_;
};

}  // namespace mesh
