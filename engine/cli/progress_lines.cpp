#include "engine/cli/progress_lines.h"

#include <fmt/format.h>
#include <fmt/ostream.h>

#include <array>

namespace mesh::cli {
namespace {

using std::chrono::milliseconds;

/// More rows would push what is done off a usual terminal.
constexpr std::size_t most_rows = 12;
/// Redrawing on every event of a large mesh would cost more than the work.
constexpr milliseconds redraw_every{50};

std::string_view doing(Operation operation) {
  constexpr std::array<std::string_view, 6> words = {"creating", "updating", "replacing",
                                                     "deleting", "waiting",  "waiting"};
  return words[static_cast<std::size_t>(operation)];
}

std::string seconds(milliseconds took) { return fmt::format("{:.1f}s", static_cast<double>(took.count()) / 1000.0); }

std::string paint(std::string_view text, const char* code, Color color) {
  return color == Color::on ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

}  // namespace

ProgressLines::ProgressLines(std::ostream& out, bool live, Color color, const Clock& clock)
    : out_(out), live_(live), color_(color), clock_(clock) {}

void ProgressLines::started(const Address& address, Operation operation) {
  const std::lock_guard lock(mutex_);
  running_[address] = {.operation = operation, .since = clock_.now(), .words = {}};
  if (live_) {
    draw();
  } else {
    say(fmt::format("{}: {}", address.text, doing(operation)));
  }
}

void ProgressLines::waiting(const Address& address, const std::string& what) {
  const std::lock_guard lock(mutex_);
  if (running_[address].words == what) return;
  running_[address].words = what;
  if (live_) {
    draw();
  } else {
    say(fmt::format("{}: waiting: {}", address.text, what));
  }
}

void ProgressLines::retrying(const Address& address, const std::string& why, milliseconds delay) {
  const std::lock_guard lock(mutex_);
  say(fmt::format("{}: trying again in {}: {}", address.text, seconds(delay), why));
}

void ProgressLines::finished(const ActionReport& report) {
  const std::lock_guard lock(mutex_);
  running_.erase(report.address);
  const bool done = report.outcome == Outcome::done;
  std::string line = fmt::format("{}: {} after {}", report.address.text,
                                 paint(to_string(report.outcome), done ? "32" : "31", color_), seconds(report.took));
  if (!report.error.empty()) line += fmt::format(": {}", report.error.front().summary);
  say(line);
}

void ProgressLines::close() {
  const std::lock_guard lock(mutex_);
  wipe();
  out_.flush();
}

void ProgressLines::say(const std::string& line) {
  wipe();
  fmt::print(out_, "{}\n", line);
  if (live_) {
    draw();
  } else {
    out_.flush();
  }
}

void ProgressLines::wipe() {
  if (drawn_ > 0) fmt::print(out_, "\033[{}A\033[J", drawn_);
  drawn_ = 0;
}

void ProgressLines::draw() {
  const TimePoint now = clock_.now();
  if (drawn_ > 0 && now - last_drawn_ < redraw_every) return;
  wipe();
  last_drawn_ = now;
  for (const auto& [address, action] : running_) {
    if (drawn_ == most_rows) {
      fmt::print(out_, "  … and {} more\n", running_.size() - most_rows);
      ++drawn_;
      break;
    }
    const auto took = std::chrono::duration_cast<milliseconds>(now - action.since);
    fmt::print(out_, "  {} {} {}{}\n", address.text, doing(action.operation), seconds(took),
               action.words.empty() ? "" : ": " + action.words);
    ++drawn_;
  }
  out_.flush();
}

}  // namespace mesh::cli
