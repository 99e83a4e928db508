#include "providers/istio/checks/run_checks.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <tuple>

#include "providers/istio/checks/catalogue.h"
#include "providers/istio/checks/discovery_edges.h"
#include "providers/istio/checks/trust_checks.h"

namespace mesh::istio {

const ClusterView* MeshView::find(const std::string& name) const {
  for (const ClusterView* one : clusters) {
    if (one->cluster.name == name) return one;
  }
  return nullptr;
}

namespace {

/// Why something is unknown in one words: `may not be read: forbidden: …`.
std::string reason_of(const Diagnostics& why) {
  const Diagnostic& first = why.front();
  return first.cause.empty() ? first.summary : fmt::format("{}: {}", first.summary, first.cause);
}

class CheckRun {
 public:
  explicit CheckRun(const CheckInputs& inputs) : inputs_(inputs) { report_.mesh = inputs.spec.mesh.name; }

  CheckReport run() {
    for (const auto& [name, cluster] : inputs_.spec.clusters) add_cluster(cluster);
    if (inputs_.depth != CheckDepth::plan) edges_ = discovery_edges(inputs_.spec, views_, silent_);
    if (!inputs_.now.empty()) report_.trust = trust_of_views(inputs_.spec, views_, silent_, inputs_.now);
    for (const CheckRow& row : catalogue()) {
      if (inputs_.depth == CheckDepth::plan && !row.in_plan) continue;
      CheckOutcome outcome{.check = row.info, .skipped = inputs_.skipped.contains(row.info.id)};
      if (!outcome.skipped) check(row, outcome);
      report_.checks.push_back(std::move(outcome));
    }
    report_unknown();
    if (inputs_.depth == CheckDepth::effective) report_.discovery = std::move(edges_);
    sort_findings();
    report_.complete = count_of(report_, FindingSeverity::unknown) == 0;
    return std::move(report_);
  }

 private:
  void add_cluster(const ClusterSpec& cluster) {
    const auto found = inputs_.live.clusters.find(cluster.name);
    if (found == inputs_.live.clusters.end()) return;
    const ClusterState& live = found->second;
    const Diagnostics* unreachable = live.unreachable();
    if (live.left_out() && unreachable == nullptr) return;
    report_.clusters.push_back({.name = cluster.name,
                                .reachable = live.answered(),
                                .server_version = live.server_version,
                                .uids = live.uids,
                                .error = unreachable == nullptr ? Diagnostics{} : *unreachable});
    if (!live.answered()) return silent_.push_back(cluster.name);
    const auto reading = inputs_.readings.find(cluster.name);
    const auto platform = inputs_.platforms.find(cluster.platform);
    views_.emplace_back(inputs_.spec, cluster, platform == inputs_.platforms.end() ? no_platform_ : platform->second,
                        live, reading == inputs_.readings.end() ? no_reading_ : reading->second);
  }

  /// The first thing that the check needs and that is not known; null when all is.
  static const Topic* missing(const CheckRow& row, const ClusterView& view) {
    for (const Topic& topic : row.needs) {
      if (topic == Topic::rights && view.reading.rights.empty()) return &topic;
      if (topic == Topic::clock && !view.reading.clock_skew) return &topic;
      if (view.unknown(topic) != nullptr) return &topic;
    }
    return nullptr;
  }

  void check(const CheckRow& row, CheckOutcome& outcome) {
    if (row.of_cluster == nullptr && row.of_mesh == nullptr) return;
    outcome.unknown_in.insert(silent_.begin(), silent_.end());
    MeshView mesh{
        .spec = inputs_.spec, .trust = &report_.trust, .now = inputs_.now, .edges = &edges_, .depth = inputs_.depth};
    for (const ClusterView& view : views_) {
      if (const Topic* topic = missing(row, view)) {
        outcome.unknown_in.insert(view.cluster.name);
        stopped_[{&view, *topic}].push_back(row.info.id);
        continue;
      }
      mesh.clusters.push_back(&view);
    }
    Findings found;
    if (row.of_mesh != nullptr && !mesh.clusters.empty()) row.of_mesh(mesh, found);
    for (const ClusterView* view : mesh.clusters) {
      if (row.of_cluster == nullptr) break;
      const std::size_t before = found.size();
      row.of_cluster(*view, found);
      for (std::size_t i = before; i < found.size(); ++i) found[i].cluster = view->cluster.name;
    }
    for (Finding& one : found) {
      one.id = row.info.id;
      if (one.severity == FindingSeverity::unknown) {
        outcome.unknown_in.insert(one.cluster);
      } else {
        one.severity = row.info.severity;
      }
      report_.findings.push_back(std::move(one));
    }
  }

  void report_unknown() {
    for (const PlannedCluster& cluster : report_.clusters) {
      if (cluster.reachable || inputs_.skipped.contains(reach_check)) continue;
      report_.findings.push_back({.id = reach_check,
                                  .severity = FindingSeverity::unknown,
                                  .cluster = cluster.name,
                                  .read = cluster.error.empty() ? "it did not answer" : reason_of(cluster.error),
                                  .means = "nothing is known of this cluster: no check of it could be made",
                                  .hint = cluster.error.empty() ? std::string() : cluster.error.front().hint});
    }
    if (inputs_.skipped.contains(read_check)) return;
    for (const auto& [where, ids] : stopped_) {
      const auto& [view, topic] = where;
      // Which servers send a Date header is theirs: nothing to ask for.
      if (topic == Topic::clock) continue;
      const Diagnostics* why = view->unknown(topic);
      report_.findings.push_back({.id = read_check,
                                  .severity = FindingSeverity::unknown,
                                  .cluster = view->cluster.name,
                                  .read = fmt::format("{}: {}", title_of(topic, inputs_.spec.mesh),
                                                      why == nullptr ? "the API server did not say" : reason_of(*why)),
                                  .means = fmt::format("not checked: {}", fmt::join(ids, ", ")),
                                  .hint = why == nullptr ? "run the command again" : why->front().hint});
    }
  }

  void sort_findings() {
    std::map<std::string, std::size_t> order;
    for (const CheckRow& row : catalogue()) order.emplace(row.info.id, order.size());
    const auto key = [&](const Finding& one) {
      return std::tuple(one.cluster, static_cast<int>(one.severity), order.at(one.id));
    };
    std::stable_sort(report_.findings.begin(), report_.findings.end(),
                     [&](const Finding& a, const Finding& b) { return key(a) < key(b); });
  }

  const CheckInputs& inputs_;
  const Platform no_platform_ = {};
  const CheckReading no_reading_ = {};
  CheckReport report_ = {};
  /// Clusters that did not answer.
  std::vector<std::string> silent_ = {};
  std::vector<ClusterView> views_ = {};
  std::vector<DiscoveryEdge> edges_ = {};
  /// Which checks the lack of a topic stops, by cluster.
  std::map<std::pair<const ClusterView*, Topic>, std::vector<std::string>> stopped_ = {};
};

}  // namespace

CheckReport run_checks(const CheckInputs& inputs) { return CheckRun(inputs).run(); }

}  // namespace mesh::istio
