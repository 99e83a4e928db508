#include "engine/render/render_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "engine/render/paint.h"
#include "engine/render/render_discovery.h"
#include "engine/render/render_trust.h"

namespace mesh {
namespace {

/// One cause may be found in every cluster of a large mesh.
constexpr std::size_t most_of_one_check = 20;

Ink ink_of(FindingSeverity severity) {
  if (severity == FindingSeverity::error) return Ink::red;
  return severity == FindingSeverity::warning ? Ink::yellow : Ink::cyan;
}

std::string severity_text(FindingSeverity severity) {
  return severity == FindingSeverity::unknown ? "not known" : to_string(severity);
}

std::string heading_of(const Finding& one, const Paint& paint) {
  std::string text =
      fmt::format("  {}: {}", paint(ink_of(one.severity), severity_text(one.severity)), paint(Ink::bold, one.id));
  if (!one.peer.empty()) text += fmt::format(", with {}", printable(one.peer));
  return text + '\n';
}

std::string block_of(const Finding& one, const Paint& paint) {
  std::string text = heading_of(one, paint);
  const auto line = [&](const char* title, const std::string& words) {
    if (!words.empty()) text += fmt::format("      {:<7} {}\n", title, printable(words));
  };
  if (one.object) line("object:", to_string(*one.object));
  line("read:", one.read);
  line("means:", one.means);
  line("do:", one.hint);
  return text;
}

std::string numbers(const CheckReport& report) {
  std::string text;
  const auto add = [&](FindingSeverity severity, const char* one, const char* many) {
    const std::size_t number = count_of(report, severity);
    if (number > 0) text += fmt::format("{}{}", text.empty() ? "" : ", ", count(number, one, many));
  };
  add(FindingSeverity::error, "error", "errors");
  add(FindingSeverity::warning, "warning", "warnings");
  add(FindingSeverity::unknown, "thing that could not be asked", "things that could not be asked");
  return text.empty() ? "No findings" : text;
}

}  // namespace

std::string render_check(const CheckReport& report, Color color) {
  const Paint paint(color);
  std::string text;
  const std::string* cluster = nullptr;
  std::map<std::string, std::size_t> found;
  for (const Finding& one : report.findings) {
    if (++found[one.id] > most_of_one_check) continue;
    if (cluster == nullptr || *cluster != one.cluster) {
      if (cluster != nullptr) text += '\n';
      text += paint(Ink::bold, one.cluster.empty() ? "the mesh" : printable(one.cluster)) + '\n';
    }
    cluster = &one.cluster;
    text += block_of(one, paint);
  }
  for (const auto& [id, number] : found) {
    if (number <= most_of_one_check) continue;
    text += fmt::format("{} more of {}: `--format json` shows all\n", number - most_of_one_check, id);
  }
  if (!text.empty()) text += '\n';
  if (const std::string trust = render_trust(report.trust, color); !trust.empty()) text += trust + '\n';
  if (report.discovery) text += render_discovery(*report.discovery, color) + '\n';
  const auto made =
      std::count_if(report.checks.begin(), report.checks.end(), [](const auto& one) { return !one.skipped; });
  text += fmt::format("{}: {} in {}.\n", paint(Ink::bold, numbers(report)),
                      count(static_cast<std::size_t>(made), "check"), count(report.clusters.size(), "cluster"));
  if (const std::size_t skipped = report.checks.size() - static_cast<std::size_t>(made); skipped > 0) {
    text += fmt::format("{} skipped.\n", count(skipped, "check"));
  }
  return text;
}

std::string render_checks(const std::vector<CheckInfo>& checks, Color color) {
  const Paint paint(color);
  std::size_t width = 0;
  for (const CheckInfo& one : checks) width = std::max(width, one.id.size());
  std::string text;
  for (const CheckInfo& one : checks) {
    const std::string severity = to_string(one.severity);
    text += fmt::format("{}{}  {}{}  {}\n", paint(Ink::bold, one.id), std::string(width - one.id.size(), ' '),
                        paint(ink_of(one.severity), severity), std::string(7 - severity.size(), ' '), one.looks_at);
  }
  return text;
}

}  // namespace mesh
