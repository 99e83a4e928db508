#include "engine/render/render_progress.h"

#include <fmt/format.h>

#include "engine/render/paint.h"

namespace mesh {
namespace {

std::string_view doing(Operation operation) {
  switch (operation) {
    case Operation::create:
      return "creating";
    case Operation::update:
      return "updating";
    case Operation::replace:
      return "replacing";
    case Operation::delete_:
      return "deleting";
    case Operation::unchanged:
    case Operation::unknown:
      break;
  }
  return "checking";
}

}  // namespace

std::string started_line(const Address& address, Operation operation, Color color) {
  return fmt::format("{}: {}\n", printable(address.text), Paint(color)(ink_of(operation), doing(operation)));
}

std::string waiting_line(const Address& address, const std::string& what, Color color) {
  return fmt::format("{}: {}, {}\n", printable(address.text), Paint(color)(Ink::dim, "waiting"), printable(what));
}

std::string retrying_line(const Address& address, const std::string& why, std::chrono::milliseconds delay,
                          Color color) {
  return fmt::format("{}: {} in {}: {}\n", printable(address.text), Paint(color)(Ink::yellow, "again"),
                     duration_text(delay.count()), printable(why));
}

std::string finished_line(const ActionReport& report, Color color) {
  const bool done = report.outcome == Outcome::done;
  const Ink ink = done ? Ink::green : report.outcome == Outcome::failed ? Ink::red : Ink::yellow;
  std::string text =
      fmt::format("{}: {}", printable(report.address.text), Paint(color)(ink, to_string(report.outcome)));
  if (report.attempts > 0) text += fmt::format(" {} {}", done ? "in" : "after", duration_text(report.took.count()));
  if (!done && !report.error.empty()) {
    text += fmt::format(": {}: {}", printable(report.error.front().summary), printable(report.error.front().cause));
  }
  return text + "\n";
}

}  // namespace mesh
