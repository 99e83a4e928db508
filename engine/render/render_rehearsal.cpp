#include "engine/render/render_rehearsal.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/render/paint.h"

namespace mesh {
namespace {

std::string names_of(const std::vector<Address>& addresses) {
  constexpr std::size_t most = 5;
  std::string text;
  for (std::size_t i = 0; i < std::min(most, addresses.size()); ++i) {
    text += (i == 0 ? "" : ", ") + printable(addresses[i].text);
  }
  if (addresses.size() > most) text += fmt::format(" and {} more", addresses.size() - most);
  return text;
}

std::string outcomes_of(const Report& report) {
  const auto counted = [&](Outcome outcome) {
    return std::count_if(report.actions.begin(), report.actions.end(),
                         [&](const ActionReport& action) { return action.outcome == outcome; });
  };
  std::string text = fmt::format("{} done", counted(Outcome::done));
  if (const auto failed = counted(Outcome::failed)) text += fmt::format(", {} failed", failed);
  if (const auto skipped = counted(Outcome::skipped)) text += fmt::format(", {} skipped", skipped);
  if (const auto cancelled = counted(Outcome::cancelled)) text += fmt::format(", {} cancelled", cancelled);
  return text;
}

std::string way(const RehearsedPath& path) { return fmt::format("{} -> {}", printable(path.from), printable(path.to)); }

/// The paths of one kind below their headline.
template <class Which>
std::string listed(const Rehearsal& rehearsal, const Paint& paint, Ink ink, const char* headline, Which which) {
  std::string text;
  for (const RehearsedPath& path : rehearsal.paths) {
    if (!which(path)) continue;
    text += fmt::format("    {}", paint(ink, way(path)));
    if (path.broke && path.after && !path.during.empty()) text += fmt::format("  during {}", names_of(path.during));
    if (!path.reason.empty()) text += fmt::format("\n      {}", printable(path.reason));
    text += "\n";
  }
  return text.empty() ? text : fmt::format("\n  {}\n{}", headline, text);
}

}  // namespace

std::string render_rehearsal(const Rehearsal& rehearsal, Color color) {
  const Paint paint(color);
  const auto paths = [&](auto which) { return std::count_if(rehearsal.paths.begin(), rehearsal.paths.end(), which); };
  const auto broke = paths([](const RehearsedPath& path) { return path.broke; });
  std::string text =
      paint(Ink::bold, fmt::format("Rehearsal on {}", count(rehearsal.clusters, "simulated cluster"))) + "\n";
  text += fmt::format("  plan        {}\n", rehearsal.planned_otherwise.empty()
                                                ? "the same as above"
                                                : "differs in " + names_of(rehearsal.planned_otherwise));
  text += fmt::format("  apply       {}\n", outcomes_of(rehearsal.report));
  text += fmt::format("  plan again  {}\n",
                      rehearsal.left.empty() ? "nothing to do" : "still changes " + names_of(rehearsal.left));
  text += fmt::format("  paths       {} of {} before, {} after, {}\n",
                      paths([](const RehearsedPath& path) { return path.before; }), rehearsal.paths.size(),
                      paths([](const RehearsedPath& path) { return path.after; }),
                      broke == 0 ? std::string("none broke on the way") : fmt::format("{} broke on the way", broke));
  for (const ActionReport& action : rehearsal.report.actions) {
    if (action.outcome != Outcome::failed || action.error.empty()) continue;
    text += fmt::format("\n  {} {}\n    {}\n", paint(Ink::red, "failed"), printable(action.address.text),
                        printable(action.error.front().cause));
  }
  text += listed(rehearsal, paint, Ink::yellow, "Break on the way and work again:", [](const RehearsedPath& path) {
    return path.broke && path.after;
  });
  text += listed(rehearsal, paint, Ink::red, "Worked before and do not any more:", [](const RehearsedPath& path) {
    return path.before && !path.after;
  });
  text += listed(rehearsal, paint, Ink::dim, "Did not work before and do not in the end:",
                 [](const RehearsedPath& path) { return !path.before && !path.after; });
  return text;
}

}  // namespace mesh
