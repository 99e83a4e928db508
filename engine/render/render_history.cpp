#include "engine/render/render_history.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "engine/render/paint.h"
#include "engine/render/render_plan.h"

namespace mesh {
namespace {

constexpr std::size_t short_commit = 12;

Ink ink_of_result(const std::string& result) {
  if (result == "done") return Ink::green;
  return result == "failed" ? Ink::red : Ink::yellow;
}

std::string_view to_text(ClusterStatus status) {
  switch (status) {
    case ClusterStatus::reachable:
      return "reachable";
    case ClusterStatus::unreachable:
      return "unreachable, last known state";
    case ClusterStatus::removed:
      return "removed from the spec, not yet clean";
  }
  return {};
}

std::string report_line(const Report& report) {
  std::map<Outcome, std::size_t> counts;
  for (const ActionReport& action : report.actions) ++counts[action.outcome];
  return fmt::format("{} done, {} failed, {} skipped, {} cancelled", counts[Outcome::done], counts[Outcome::failed],
                     counts[Outcome::skipped], counts[Outcome::cancelled]);
}

/// A unified diff, in git's colours.
std::string diff_text(const std::string& diff, const Paint& paint) {
  std::string text;
  for (std::size_t at = 0; at < diff.size();) {
    const std::size_t end = std::min(diff.find('\n', at), diff.size());
    const std::string line = printable(diff.substr(at, end - at));
    const bool heading = line.starts_with("diff ") || line.starts_with("--- ") || line.starts_with("+++ ");
    const Ink ink = heading                  ? Ink::bold
                    : line.starts_with('+')  ? Ink::green
                    : line.starts_with('-')  ? Ink::red
                    : line.starts_with("@@") ? Ink::cyan
                                             : Ink::plain;
    text += fmt::format("{}\n", paint(ink, line));
    at = end + 1;
  }
  return text;
}

}  // namespace

std::string render_history(const std::vector<SnapshotInfo>& history, Color color) {
  const Paint paint(color);
  if (history.empty()) return "No snapshots yet: the first apply makes one.\n";
  using Row = std::array<std::string, 5>;
  std::vector<Row> rows = {{"COMMIT", "TIME", "RESULT", "WHAT", "BY"}};
  for (const SnapshotInfo& one : history) {
    rows.push_back({printable(one.commit.substr(0, short_commit)), printable(one.time), printable(one.result),
                    printable(one.subject), printable(one.author)});
  }
  std::array<std::size_t, 5> widths{};
  for (const Row& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (std::size_t r = 0; r < rows.size(); ++r) {
    for (std::size_t i = 0; i < rows[r].size(); ++i) {
      const bool last = i + 1 == rows[r].size();
      const std::string cell = last ? rows[r][i] : fmt::format("{:<{}}  ", rows[r][i], widths[i]);
      const Ink ink = r == 0 ? Ink::bold : i == 0 ? Ink::cyan : i == 2 ? ink_of_result(rows[r][i]) : Ink::plain;
      text += paint(ink, cell);
    }
    text += '\n';
  }
  return text;
}

std::string render_snapshot(const std::string& commit, const Snapshot& snapshot, const std::optional<Plan>& plan,
                            const std::optional<Report>& report, const std::string& changes, Color color) {
  const Paint paint(color);
  std::string text;
  const auto line = [&](std::string_view name, const std::string& value, Ink ink = Ink::plain) {
    if (!value.empty()) text += fmt::format("{:<10}{}\n", fmt::format("{}:", name), paint(ink, printable(value)));
  };
  line("snapshot", commit, Ink::cyan);
  line("time", snapshot.time);
  line("result", snapshot.result, ink_of_result(snapshot.result));
  line("spec", snapshot.spec_digest);
  if (plan) {
    const Summary sum = summarize(*plan);
    line("plan", fmt::format("{} to create, {} to update, {} to replace, {} to delete, {} unchanged", sum.create,
                             sum.update, sum.replace, sum.delete_, sum.unchanged));
  }
  if (report) line("report", report_line(*report));
  for (const auto& [name, cluster] : snapshot.clusters) {
    text += fmt::format("\n{}  {}{}\n", paint(Ink::bold, printable(name)), to_text(cluster.status),
                        cluster.as_of.empty() ? "" : fmt::format(", as of {}", printable(cluster.as_of)));
    for (const auto& [id, body] : cluster.objects) {
      text += fmt::format("    {:<24} {}{}\n", printable(id.kind), id.ns.empty() ? "" : printable(id.ns) + "/",
                          printable(id.name));
    }
    if (cluster.objects.empty()) text += fmt::format("    {}\n", paint(Ink::dim, "no objects"));
  }
  if (!changes.empty()) text += fmt::format("\n{}", diff_text(changes, paint));
  return text;
}

}  // namespace mesh
