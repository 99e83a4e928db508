#include "engine/render/render_trust.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <vector>

#include "engine/render/paint.h"

namespace mesh {
namespace {

constexpr std::size_t most_pairs = 20;
constexpr std::size_t most_names = 12;

/// `a, b, c`; of many the first and how many more.
std::string cluster_names(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i == most_names && names.size() > most_names + 1)
      return text + fmt::format(" and {}", count(names.size() - i, "other", "others"));
    text += (text.empty() ? "" : ", ") + printable(names[i]);
  }
  return text;
}

std::string root_text(const CaCertificate& root) {
  return fmt::format("root {} (key sha256 {}, until {})", printable(root.subject), root.key_sha256.substr(0, 12),
                     root.not_after.substr(0, 10));
}

std::string group_text(const TrustGroup& group) {
  std::string text(title_of(group.ca));
  if (!group.ca_name.empty()) text += " " + printable(group.ca_name);
  for (const CaCertificate& root : group.roots) text += ", " + root_text(root);
  return text + ": " + cluster_names(group.clusters);
}

struct Pair {
  std::string way;
  TrustVerdict verdict;
  std::string reason;
};

/// The edges that do not work; both directions of a pair are one line where they fail alike.
std::vector<Pair> broken_pairs(const TrustGraph& graph) {
  std::set<std::pair<std::string, std::string>> shown;
  std::vector<Pair> pairs;
  for (const TrustEdge& edge : graph.edges) {
    if (edge.verdict == TrustVerdict::works || shown.contains({edge.from, edge.to})) continue;
    const auto back = std::find_if(graph.edges.begin(), graph.edges.end(), [&](const TrustEdge& other) {
      return other.from == edge.to && other.to == edge.from;
    });
    const bool alike = back != graph.edges.end() && back->verdict == edge.verdict;
    if (alike) shown.insert({edge.to, edge.from});
    pairs.push_back({fmt::format("{} {} {}", printable(edge.from), alike ? "<->" : "->", printable(edge.to)),
                     edge.verdict, edge.reason});
    if (pairs.size() > most_pairs) break;
  }
  return pairs;
}

std::string verdict_text(TrustVerdict verdict) {
  switch (verdict) {
    case TrustVerdict::works:
      return "works";
    case TrustVerdict::works_one_way:
      return "works one way";
    case TrustVerdict::cannot_work:
      return "cannot work";
    case TrustVerdict::unknown:
      break;
  }
  return "not known";
}

std::string pairs_text(const TrustGraph& graph, const Paint& paint) {
  std::vector<Pair> pairs = broken_pairs(graph);
  const bool cut = pairs.size() > most_pairs;
  if (cut) pairs.pop_back();
  std::size_t width = 0;
  for (const Pair& pair : pairs) width = std::max(width, pair.way.size());
  std::string text;
  for (const Pair& pair : pairs) {
    const Ink ink = pair.verdict == TrustVerdict::cannot_work ? Ink::red : Ink::yellow;
    text += fmt::format("  {:<{}}  {}  {}\n", pair.way, width,
                        paint(ink, fmt::format("{:<13}", verdict_text(pair.verdict))), printable(pair.reason));
  }
  if (cut) text += "  and more: `--format json` shows all\n";
  return text;
}

std::string additions_text(const TrustGraph& graph) {
  std::string text;
  for (const MissingBundle& bundle : graph.bundles) {
    text += fmt::format("  add {} of {} to the trust bundles of {}\n", root_text(bundle.root), cluster_names(bundle.of),
                        cluster_names(bundle.into));
  }
  for (const MissingAlias& alias : graph.aliases) {
    text += fmt::format("  add `{}` to meshConfig.trustDomainAliases of {}\n", printable(alias.domain),
                        cluster_names(alias.into));
  }
  return text;
}

}  // namespace

std::string render_trust(const TrustGraph& graph, Color color) {
  if (graph.clusters.empty()) return {};
  const Paint paint(color);
  std::string text = paint(Ink::bold, "trust") + '\n';
  for (const TrustGroup& group : graph.groups) text += "  " + group_text(group) + '\n';
  const auto broken = std::count_if(graph.edges.begin(), graph.edges.end(),
                                    [](const TrustEdge& edge) { return edge.verdict != TrustVerdict::works; });
  if (broken == 0 && !graph.edges.empty())
    text +=
        fmt::format("  all of {} work as far as was read\n", count(graph.edges.size(), "planned way", "planned ways"));
  return text + pairs_text(graph, paint) + additions_text(graph);
}

}  // namespace mesh
