#include "providers/istio/peer_sync.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace mesh::istio {
namespace {

using kubernetes::CallLimits;
using std::chrono::milliseconds;

/// A sync of a small peer takes some hundred milliseconds (seen); a large one takes its informers' time.
constexpr milliseconds first_delay(100);
constexpr milliseconds longest_delay(2000);
constexpr std::chrono::seconds answer_time(15);
/// What istiod says of the Secret that was there before, until it has seen the new one.
constexpr std::chrono::seconds stale_time(10);

Diagnostic not_known(const std::string& cluster, std::string why, std::string hint) {
  return {.code = Code::incomplete,
          .severity = Severity::warning,
          .where = fmt::format("cluster {}", cluster),
          .summary = "it is not known whether istiod has synced its peers",
          .cause = std::move(why),
          .hint = std::move(hint)};
}

bool is_known(const IstiodMemory& istiod) { return istiod.clusters.has_value(); }

}  // namespace

Readiness readiness_of_sync(const std::vector<IstiodMemory>& istiods, const std::string& cluster_id) {
  for (const IstiodMemory& istiod : istiods) {
    if (!is_known(istiod)) continue;
    const auto held = istiod.clusters->find(cluster_id);
    if (held == istiod.clusters->end()) return fmt::format("istiod {} does not know {} yet", istiod.pod, cluster_id);
    const std::string& status = held->second.status;
    if (status == "synced") continue;
    std::string sentence = fmt::format("istiod {} has not synced {}: {}", istiod.pod, cluster_id, status);
    if (status != "timeout") return sentence;
    return Readiness::failed(sentence + "; it could not list what is in that cluster, see its log");
  }
  return {};
}

Result<std::vector<IstiodMemory>> PeerSync::ask(const std::string& cluster, const CallLimits& limits) const {
  auto client = client_pool_.to(cluster);
  if (!client) return failure(std::move(client.error()));
  return ask_istiods(**client, mesh_.system_namespace, MemoryDepth::clusters, clock_, limits);
}

Result<void> PeerSync::refresh(const std::string& cluster, View& view, TimePoint not_before,
                               const CallLimits& limits) const {
  // The first asks, the others wait for its answer.
  const std::lock_guard lock(view.mutex);
  if (!view.known || view.asked >= not_before) return {};
  CallLimits short_limits = limits;
  short_limits.deadline = std::min(limits.deadline, clock_.now() + answer_time);
  const TimePoint asked = clock_.now();
  auto istiods = ask(cluster, short_limits);
  if (!istiods) {
    if (istiods.error().front().code != Code::cancelled) view.known = false;
    return failure(std::move(istiods.error()));
  }
  view.asked = asked;
  view.istiods = std::move(*istiods);
  if (!view.istiods.empty()) view.known = std::any_of(view.istiods.begin(), view.istiods.end(), is_known);
  return {};
}

Result<void> PeerSync::wait(const std::string& cluster, const std::string& cluster_id,
                            const std::function<void(const std::string&)>& on_change, const CallLimits& limits,
                            Diagnostics& warnings) {
  std::shared_ptr<View> view;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<View>& slot = views_[cluster];
    if (!slot) slot = std::make_shared<View>();
    view = slot;
  }
  std::string last;
  milliseconds delay = first_delay;
  const TimePoint begin = clock_.now();
  for (TimePoint not_before = clock_.now();; not_before = clock_.now()) {
    if (auto asked = refresh(cluster, *view, not_before, limits); !asked) {
      const Diagnostic& why = asked.error().front();
      if (why.code == Code::cancelled) return failure(asked.error());
      warnings.push_back(not_known(
          cluster, fmt::format("its pods could not be listed: {}", why.cause.empty() ? why.summary : why.cause),
          why.hint));
      return {};
    }
    Readiness now;
    {
      const std::lock_guard lock(view->mutex);
      now = readiness_of_sync(view->istiods, cluster_id);
      const auto silent = std::find_if_not(view->istiods.begin(), view->istiods.end(), is_known);
      const bool is_silent = view->istiods.empty() || silent != view->istiods.end();
      if (now.ready() && is_silent && !std::exchange(view->warned, true)) {
        warnings.push_back(
            view->istiods.empty()
                ? not_known(cluster, "no pod of istiod runs", "see why: kubectl describe its Deployment and pods")
                : not_known(cluster, why_unknown(*silent, cluster_id), hint_on_unknown(*silent)));
      }
    }
    if (now.ready()) return {};
    if (now.message != last) on_change(now.message);
    last = now.message;
    const bool late = clock_.now() + delay >= limits.deadline;
    const bool gave_up = now.state == Readiness::State::failed && clock_.now() - begin >= stale_time;
    if (gave_up || late) {
      return failure(Diagnostic{
          .code = Code::not_ready,
          .where = fmt::format("cluster {}", cluster),
          .summary = "istiod has not synced a peer",
          .cause = now.message,
          .hint = "see in the log of istiod why: it must reach the peer's API server, with rights and a token "
                  "that are good there; where both are, restart istiod: some releases lose a peer whose "
                  "Secret was bad for a while"});
    }
    if (!clock_.sleep_until(clock_.now() + delay, limits.stop)) {
      return failure(Diagnostic{.code = Code::cancelled,
                                .where = fmt::format("cluster {}", cluster),
                                .summary = "stopped before it was done",
                                .cause = now.message,
                                .hint = {}});
    }
    delay = std::min(delay * 2, longest_delay);
  }
}

}  // namespace mesh::istio
