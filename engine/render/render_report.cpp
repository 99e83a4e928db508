#include "engine/render/render_report.h"

#include <fmt/format.h>

#include <map>

#include "engine/render/paint.h"

namespace mesh {
namespace {

Ink ink_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::done:
      return Ink::green;
    case Outcome::failed:
      return Ink::red;
    case Outcome::skipped:
    case Outcome::cancelled:
      break;
  }
  return Ink::yellow;
}

std::string problem(const Diagnostic& one) {
  std::string text = fmt::format("      {}", printable(one.summary));
  if (!one.cause.empty()) text += fmt::format(": {}", printable(one.cause));
  text += '\n';
  if (!one.where.empty()) text += fmt::format("      at:   {}\n", printable(one.where));
  if (!one.hint.empty()) text += fmt::format("      hint: {}\n", printable(one.hint));
  return text;
}

std::string problem_block(const ActionReport& action, const Paint& paint) {
  std::string text =
      fmt::format("  {} {}", paint(ink_of(action.outcome), fmt::format("{:<9}", to_string(action.outcome))),
                  paint(Ink::bold, printable(action.address.text)));
  if (action.attempts > 1)
    text += fmt::format(" after {}", count(static_cast<std::size_t>(action.attempts), "attempt"));
  text += '\n';
  for (const Diagnostic& one : action.error) text += problem(one);
  return text;
}

}  // namespace

std::string render_report(const Report& report, Color color) {
  const Paint paint(color);
  std::map<Outcome, std::size_t> counts;
  std::string problems;
  std::string warnings;
  for (const ActionReport& action : report.actions) {
    ++counts[action.outcome];
    if (action.outcome != Outcome::done) problems += problem_block(action, paint);
    for (const Diagnostic& warning : action.warnings) {
      warnings +=
          fmt::format("  {} {}\n", paint(Ink::yellow, "warning  "), paint(Ink::bold, printable(action.address.text)));
      warnings += problem(warning);
    }
  }
  std::string text = problems + warnings;
  if (!text.empty()) text += '\n';
  if (report.actions.empty()) return text + "Nothing to apply.\n";
  text += paint(Ink::bold, succeeded(report) ? "Applied:" : "Not all applied:");
  text += fmt::format(" {} done, {} failed, {} skipped", counts[Outcome::done], counts[Outcome::failed],
                      counts[Outcome::skipped]);
  if (counts[Outcome::cancelled] > 0) text += fmt::format(", {} cancelled", counts[Outcome::cancelled]);
  text += ".\n";
  if (!report.snapshot.empty()) text += fmt::format("Snapshot: {}\n", report.snapshot.substr(0, 12));
  return text;
}

}  // namespace mesh
