#include "engine/render/render_discovery.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "engine/render/paint.h"

namespace mesh {
namespace {

constexpr std::size_t most_lines = 40;
constexpr std::size_t most_edge_names = 6;
/// So many edges of one cluster that fail alike are one line.
constexpr std::size_t enough_to_fold = 4;

struct TableLine {
  std::string edge;
  std::string wanted;
  std::string applied;
  std::string effective;
  std::string what;
  EdgeVerdict verdict = EdgeVerdict::unknown;
};

std::string applied_text(const DiscoveryEdge& edge) {
  Answer applied = edge.secret;
  if (edge.wanted && !edge.one_network) applied = both(applied, both(edge.gateway, edge.exposed));
  return applied == Answer::unknown ? "?" : std::string(to_string(applied));
}

std::string effective_text(EdgeVerdict verdict) {
  switch (verdict) {
    case EdgeVerdict::effective:
    case EdgeVerdict::unwanted:
      return "yes";
    case EdgeVerdict::not_effective:
      return "no";
    case EdgeVerdict::not_applied:
      return "-";
    case EdgeVerdict::unknown:
      break;
  }
  return "?";
}

std::string peer_of(const DiscoveryEdge& edge) { return edge.to.empty() ? edge.id : edge.to; }

/// What edges that fail alike have in common.
std::string kind_of(const DiscoveryEdge& edge) {
  if (edge.verdict == EdgeVerdict::not_applied) {
    return edge.secret == Answer::no ? "no remote Secret" : "no gateway address, or no Gateway";
  }
  if (edge.verdict != EdgeVerdict::not_effective) return edge.reason;
  std::set<std::string_view> faults;
  for (const EdgeReplica& one : edge.replicas) {
    if (one.fault != EdgeFault::none) faults.insert(to_string(one.fault));
  }
  std::string text;
  for (const std::string_view fault : faults) text += fmt::format("{}{}", text.empty() ? "" : ", ", fault);
  return text;
}

std::string pods_text(const DiscoveryEdge& edge) {
  std::string text;
  for (const EdgeReplica& one : edge.replicas) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : "; ", one.pod, one.status);
    if (one.fault != EdgeFault::none && to_string(one.fault) != one.status) {
      text += fmt::format(" ({})", to_string(one.fault));
    }
    if (one.endpoints) text += fmt::format(", {}", count(one.endpoints->endpoints, "endpoint", "endpoints"));
  }
  return text;
}

std::string what_of(const DiscoveryEdge& edge) {
  if (edge.verdict == EdgeVerdict::not_effective) return pods_text(edge);
  if (edge.verdict == EdgeVerdict::unwanted) return fmt::format("{}; {}", edge.reason, pods_text(edge));
  return edge.reason;
}

std::string first_names(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i == most_edge_names) return text + fmt::format(" and {}", count(names.size() - i, "other", "others"));
    text += (text.empty() ? "" : ", ") + names[i];
  }
  return text;
}

using Edges = std::vector<const DiscoveryEdge*>;
/// A cluster, and what is wrong with its edges.
using Group = std::pair<std::string, std::string>;

class Table {
 public:
  explicit Table(const std::vector<DiscoveryEdge>& edges) {
    for (const DiscoveryEdge& edge : edges) {
      if (edge.verdict == EdgeVerdict::effective) continue;
      from_[{edge.from, key_of(edge)}].push_back(&edge);
      to_[{peer_of(edge), key_of(edge)}].push_back(&edge);
    }
    for (const DiscoveryEdge& edge : edges) {
      if (edge.verdict != EdgeVerdict::effective) add(edge);
    }
  }

  const std::vector<TableLine>& lines() const { return lines_; }

 private:
  static std::string key_of(const DiscoveryEdge& edge) {
    return fmt::format("{} {} {}", to_string(edge.verdict), applied_text(edge), kind_of(edge));
  }

  void add(const DiscoveryEdge& edge) {
    const Group in{peer_of(edge), key_of(edge)};
    const Group out{edge.from, key_of(edge)};
    const Edges& to = to_.at(in);
    const Edges& from = from_.at(out);
    if (std::max(to.size(), from.size()) < enough_to_fold) {
      return add_line(edge, fmt::format("{} -> {}", edge.from, peer_of(edge)), what_of(edge));
    }
    const bool by_peer = to.size() >= from.size();
    if (!shown_.insert({by_peer, by_peer ? in : out}).second) return;
    const Edges& alike = by_peer ? to : from;
    std::vector<std::string> names;
    for (const DiscoveryEdge* one : alike) names.push_back(by_peer ? one->from : peer_of(*one));
    const std::string clusters = fmt::format("{} clusters", alike.size());
    add_line(edge,
             by_peer ? fmt::format("{} -> {}", clusters, peer_of(edge)) : fmt::format("{} -> {}", edge.from, clusters),
             fmt::format("{}: {}", kind_of(edge), first_names(names)));
  }

  void add_line(const DiscoveryEdge& edge, const std::string& title, const std::string& what) {
    lines_.push_back({printable(title), edge.wanted ? "yes" : "no", applied_text(edge), effective_text(edge.verdict),
                      printable(what), edge.verdict});
  }

  std::map<Group, Edges> from_ = {};
  std::map<Group, Edges> to_ = {};
  std::set<std::pair<bool, Group>> shown_ = {};
  std::vector<TableLine> lines_ = {};
};

}  // namespace

std::string render_discovery(const std::vector<DiscoveryEdge>& edges, Color color) {
  const Paint paint(color);
  const Table table(edges);
  const std::vector<TableLine>& lines = table.lines();
  std::size_t width = std::string_view("discovery").size() - 2;
  for (const TableLine& line : lines) width = std::max(width, line.edge.size());
  std::string text = paint(Ink::bold, "discovery");
  if (!lines.empty()) {
    text += std::string(width - (std::string_view("discovery").size() - 2), ' ') + "  spec  applied  in effect";
  }
  text += '\n';
  for (std::size_t i = 0; i < std::min(lines.size(), most_lines); ++i) {
    const TableLine& line = lines[i];
    const Ink ink = line.verdict == EdgeVerdict::not_effective ? Ink::red : Ink::yellow;
    text += fmt::format("  {:<{}}  {:<4}  {:<7}  {}  {}\n", line.edge, width, line.wanted, line.applied,
                        paint(ink, fmt::format("{:<9}", line.effective)), line.what);
  }
  if (lines.size() > most_lines) text += "  and more: `--format json` shows all\n";
  const auto wanted = std::count_if(edges.begin(), edges.end(), [](const DiscoveryEdge& edge) { return edge.wanted; });
  const auto effective = std::count_if(
      edges.begin(), edges.end(), [](const DiscoveryEdge& edge) { return edge.verdict == EdgeVerdict::effective; });
  return text + fmt::format(
                    "  {} of {} in effect in every istiod\n", effective,
                    count(static_cast<std::size_t>(wanted), "discovery of the spec is", "discoveries of the spec are"));
}

}  // namespace mesh
