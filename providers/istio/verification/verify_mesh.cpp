#include "providers/istio/verification/verify_mesh.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "engine/jobs/workers.h"
#include "providers/istio/client_pool.h"
#include "providers/istio/verification/cluster_run.h"
#include "providers/istio/verification/read_evidence.h"
#include "providers/istio/verification/sample.h"

namespace mesh::istio {
namespace {

class MeshVerification {
 public:
  MeshVerification(const Spec& spec, const VerifyRequest& request, kubernetes::ClientFactory& clients, Clock& clock,
                   std::stop_token stop)
      : spec_(spec),
        request_(request),
        clients_(spec.mesh.name, spec.clusters, clients),
        context_{.mesh = spec.mesh,
                 .images = request.images,
                 .ns = verify_namespace(spec.mesh.name, request.run),
                 .clock = clock,
                 .stop = std::move(stop),
                 .ready = request.ready,
                 .on_event = request.on_event} {}

  Verification run() {
    choose();
    found_.mesh = spec_.mesh.name;
    found_.ns = context_.ns;
    for_each([&](ClusterRun& run) { connect(run); });
    for_usable([&](ClusterRun& run) { report(remove_leftovers(run, context_)); });
    limit_time();
    for_usable([&](ClusterRun& run) { deploy_workloads(run, context_); });
    call_until_settled();
    conclude();
    for_each([&](ClusterRun& run) { report(remove_namespace(run, context_)); });
    if (context_.stop.stop_requested()) {
      found_.diagnostics.push_back({.code = Code::cancelled, .summary = "stopped", .cause = "mesh was asked to stop"});
    }
    for (ClusterRun& run : runs_) found_.clusters.push_back(std::move(run.result));
    return std::move(found_);
  }

 private:
  using Work = std::function<void(ClusterRun& run)>;

  void choose() {
    const std::size_t largest = request_.all ? spec_.clusters.size() : sample_size;
    const std::vector<std::string> chosen = sample_clusters(spec_, largest);
    for (const auto& [name, cluster] : spec_.clusters) {
      if (!std::binary_search(chosen.begin(), chosen.end(), name)) {
        found_.left_out.push_back(name);
        continue;
      }
      runs_.push_back({.cluster = &cluster});
      runs_.back().result = {.name = name, .version = runs_.size() % 2 == 1 ? "v1" : "v2"};
    }
  }

  void for_each(const Work& work) {
    for_each_index(runs_.size(), request_.parallelism, [&](std::size_t at) { work(runs_[at]); });
  }

  void for_usable(const Work& work) {
    for_each([&](ClusterRun& run) {
      if (run.usable() && !context_.stop.stop_requested()) work(run);
    });
  }

  void connect(ClusterRun& run) {
    auto client = clients_.to(run.cluster->name);
    if (client) {
      run.client = *client;
    } else {
      run.result.error = std::move(client.error());
    }
  }

  void report(Diagnostics why) {
    const std::lock_guard lock(mutex_);
    append(found_.diagnostics, std::move(why));
  }

  /// Says how long this run may last, so that others know from its namespace when it has ended: generously, for what
  /// lasts longer is cut off.
  void limit_time() {
    constexpr std::chrono::minutes questions(2);
    constexpr std::chrono::minutes calls(5);
    // Clocks of the machines that verify one mesh may differ.
    constexpr std::chrono::minutes skew(5);
    const auto at_once = std::max(1, request_.parallelism);
    const auto turns = (static_cast<int>(runs_.size()) + at_once - 1) / at_once;
    const auto longest = turns * (2 * request_.ready + questions + calls) + request_.settle;
    context_.last_moment = context_.clock.now() + longest;
    context_.needed_until = context_.clock.wall() + longest + turns * removal_time + skew;
  }

  static bool hears(const ClusterRun& from, const ClusterRun& to) {
    const std::vector<std::string>& peers = from.cluster->peers;
    return &from == &to || std::find(peers.begin(), peers.end(), to.cluster->name) != peers.end();
  }

  VerifiedPath path_between(const ClusterRun& from, const ClusterRun& to) const {
    VerifiedPath path{.from = from.cluster->name, .to = to.cluster->name};
    path.expected = hears(from, to) && from.usable() && to.usable();
    for (const VerifyPod& pod : to.hello) {
      const auto found = from.answers.find(pod.name);
      if (found != from.answers.end()) path.answers += found->second;
    }
    return path;
  }

  bool is_settled(const ClusterRun& run) const {
    return run.result.sent > 0 && run.failed_last == 0 &&
           std::none_of(runs_.begin(), runs_.end(), [&](const auto& to) { return path_between(run, to).missing(); });
  }

  /// Envoy tries the other endpoints as well, so that a broken path shows only in who never answers, and what was just
  /// applied takes a moment: more calls until nobody is missing, or the time is over.
  void call_until_settled() {
    const TimePoint until = context_.clock.now() + request_.settle;
    constexpr std::chrono::seconds between(1);
    while (!context_.stop.stop_requested()) {
      std::vector<const ClusterRun*> settled;
      for (const ClusterRun& run : runs_) {
        if (run.usable() && is_settled(run)) settled.push_back(&run);
      }
      for_usable([&](ClusterRun& run) {
        if (std::find(settled.begin(), settled.end(), &run) == settled.end()) {
          call_hello(run, request_.requests, context_);
        }
      });
      const bool open = std::any_of(runs_.begin(), runs_.end(),
                                    [&](const ClusterRun& run) { return run.usable() && !is_settled(run); });
      if (!open || context_.clock.now() + between >= until) return;
      context_.clock.sleep_until(context_.clock.now() + between, context_.stop);
    }
  }

  void conclude() {
    for (const ClusterRun& from : runs_) {
      for (const ClusterRun& to : runs_) found_.paths.push_back(path_between(from, to));
    }
    if (context_.stop.stop_requested()) return;
    std::map<std::string, std::optional<int>> gateways;
    for (ClusterRun& from : runs_) {
      const auto views = missing_from(from);
      if (!from.usable()) continue;
      if (views.empty()) {
        if (from.failed_last > 0) found_.findings.push_back(failed_calls(from));
        continue;
      }
      const CallerView view = ask_caller(from, context_);
      for (ClusterRun* to : views) {
        const std::string& name = to->cluster->name;
        if (!gateways.contains(name)) gateways[name] = ask_gateway(*to, context_);
        found_.findings.push_back(judge_path(evidence_of(from, *to, view, gateways[name], context_)));
      }
    }
  }

  std::vector<ClusterRun*> missing_from(const ClusterRun& from) {
    std::vector<ClusterRun*> missing;
    for (ClusterRun& to : runs_) {
      if (path_between(from, to).missing()) missing.push_back(&to);
    }
    return missing;
  }

  static VerificationFinding failed_calls(const ClusterRun& from) {
    return {
        .from = from.cluster->name,
        .to = {},
        .fault = PathFault::failed_calls,
        .read = fmt::format("{} of {} calls failed, the last one with {}", from.result.failed, from.result.sent,
                            from.last_failure),
        .means = "every version answers, but not always",
        .do_next = fmt::format("see the log of istio-proxy in the pods of Sleep in {}; with several gateway pods or "
                               "addresses, one of them may be broken",
                               from.cluster->name)};
  }

  const Spec& spec_;
  const VerifyRequest& request_;
  ClientPool clients_;
  VerifyContext context_;
  std::mutex mutex_ = {};
  std::vector<ClusterRun> runs_ = {};
  Verification found_ = {};
};

}  // namespace

Verification verify_mesh(const Spec& spec, const VerifyRequest& request, kubernetes::ClientFactory& clients,
                         Clock& clock, std::stop_token stop) {
  return MeshVerification(spec, request, clients, clock, std::move(stop)).run();
}

}  // namespace mesh::istio
