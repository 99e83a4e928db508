#include "engine/workspace/progress_lines.h"

#include <fmt/format.h>
#include <fmt/ostream.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <utility>

#include "engine/base/printable.h"
#include "engine/jobs/workers.h"

namespace mesh {
namespace {

using std::chrono::milliseconds;

/// More rows would push what is done off a usual terminal.
constexpr std::size_t most_rows = 12;
/// Redrawing on every event of a large mesh would cost more than the work.
constexpr milliseconds redraw_every{50};
/// So that seconds count and what an event was too early to draw is seen.
constexpr milliseconds tick{250};
constexpr std::size_t usual_columns = 80;

std::string_view doing(Operation operation) {
  constexpr std::array<std::string_view, 6> words = {"creating", "updating", "replacing",
                                                     "deleting", "waiting",  "waiting"};
  return words[static_cast<std::size_t>(operation)];
}

std::string seconds(milliseconds took) { return fmt::format("{:.1f}s", static_cast<double>(took.count()) / 1000.0); }

std::string paint(std::string_view text, const char* code, Color color) {
  return color == Color::on ? fmt::format("\033[{}m{}\033[0m", code, text) : std::string(text);
}

/// A row that wraps would count as two when the block is wiped. One code point counts as one column.
std::string cut(const std::string& row, std::size_t columns) {
  std::size_t seen = 0;
  std::size_t last = 0;
  for (std::size_t at = 0; at < row.size(); ++at) {
    const bool begins = (static_cast<unsigned char>(row[at]) & 0xC0U) != 0x80U;
    if (!begins) continue;
    ++seen;
    if (seen == columns) last = at;
    if (seen > columns) return row.substr(0, last) + "…";
  }
  return row;
}

}  // namespace

std::size_t terminal_columns() {
  winsize size{};
  const bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : usual_columns;
}

ProgressLines::ProgressLines(std::ostream& out, bool live, Color color, const Clock& clock,
                             std::function<std::size_t()> columns)
    : out_(out), live_(live), color_(color), clock_(clock), columns_(std::move(columns)) {
  if (!live_) return;
  ticker_ = try_thread([this](const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!closed_.wait_for(lock, stop, tick, [&stop] { return stop.stop_requested(); })) draw();
  });
}

void ProgressLines::started(const Address& address, Operation operation) {
  const std::lock_guard lock(mutex_);
  running_[address] = {.operation = operation, .since = clock_.now(), .words = {}};
  if (live_) {
    draw();
  } else {
    say(fmt::format("{}: {}", printable(address.text), doing(operation)));
  }
}

void ProgressLines::waiting(const Address& address, const std::string& said) {
  const std::string what = printable(said);
  const std::lock_guard lock(mutex_);
  const auto [action, added] = running_.try_emplace(address);
  if (added) action->second.since = clock_.now();
  if (action->second.words == what) return;
  action->second.words = what;
  if (live_) {
    draw();
  } else {
    say(fmt::format("{}: waiting: {}", printable(address.text), what));
  }
}

void ProgressLines::retrying(const Address& address, const std::string& why, milliseconds delay) {
  const std::lock_guard lock(mutex_);
  say(fmt::format("{}: trying again in {}: {}", printable(address.text), seconds(delay), printable(why)));
}

void ProgressLines::finished(const ActionReport& report) {
  const std::lock_guard lock(mutex_);
  running_.erase(report.address);
  const bool done = report.outcome == Outcome::done;
  std::string line = fmt::format("{}: {} after {}", printable(report.address.text),
                                 paint(to_string(report.outcome), done ? "32" : "31", color_), seconds(report.took));
  if (!report.error.empty()) line += fmt::format(": {}", printable(report.error.front().summary));
  say(line);
}

void ProgressLines::stopping() {
  const std::lock_guard lock(mutex_);
  say("stopping: what runs is finished and recorded; a second Ctrl-C ends at once, without a record");
}

void ProgressLines::close() {
  ticker_.reset();
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
  const std::size_t columns = columns_();
  for (const auto& [address, action] : running_) {
    if (drawn_ == most_rows) {
      fmt::print(out_, "  … and {} more\n", running_.size() - most_rows);
      ++drawn_;
      break;
    }
    const auto took = std::chrono::duration_cast<milliseconds>(now - action.since);
    const std::string row = fmt::format("  {} {} {}{}", printable(address.text), doing(action.operation), seconds(took),
                                        action.words.empty() ? "" : ": " + action.words);
    fmt::print(out_, "{}\n", cut(row, columns));
    ++drawn_;
  }
  out_.flush();
}

}  // namespace mesh
