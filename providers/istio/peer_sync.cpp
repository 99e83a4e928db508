#include "providers/istio/peer_sync.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/json.h"
#include "engine/base/printable.h"
#include "providers/istio/istiod_pages.h"

namespace mesh::istio {
namespace {

using kubernetes::CallLimits;
using nlohmann::json;
using std::chrono::milliseconds;

/// A sync of a small peer takes some hundred milliseconds (seen); a large one takes its informers' time.
constexpr milliseconds first_delay(100);
constexpr milliseconds longest_delay(2000);
constexpr std::chrono::seconds answer_time(15);
/// What istiod says of the Secret that was there before, until it has seen the new one.
constexpr std::chrono::seconds stale_time(10);

Diagnostic not_known(const std::string& cluster, const Diagnostic& why) {
  return {.code = Code::incomplete,
          .severity = Severity::warning,
          .where = fmt::format("cluster {}", cluster),
          .summary = "it is not known whether istiod has synced its peers",
          .cause = fmt::format("its pods could not be asked: {}", why.cause.empty() ? why.summary : why.cause),
          .hint = "allow `create` on `pods/exec` in the system namespace, or look with `istioctl remote-clusters`"};
}

}  // namespace

std::optional<std::map<std::string, std::string>> parse_clusterz(const std::string& page) {
  const auto parsed = parse_istiod_page(page);
  if (!parsed || !parsed->is_array()) return std::nullopt;
  std::map<std::string, std::string> states;
  for (const json& one : *parsed) states[text_at(one, "id")] = text_at(one, "syncStatus");
  return states;
}

Readiness readiness_of_sync(const SyncStates& states, const std::string& cluster_id) {
  for (const auto& [pod, clusters] : states) {
    const auto state = clusters.find(cluster_id);
    if (state == clusters.end()) return fmt::format("istiod {} does not know {} yet", pod, cluster_id);
    if (state->second == "synced") continue;
    std::string sentence = fmt::format("istiod {} has not synced {}: {}", pod, cluster_id, printable(state->second));
    if (state->second != "timeout") return sentence;
    return Readiness::failed(sentence + "; it could not list what is in that cluster, see its log");
  }
  return {};
}

Result<SyncStates> PeerSync::ask(const std::string& cluster, const CallLimits& limits) const {
  auto client = client_pool_.to(cluster);
  if (!client) return failure(std::move(client.error()));
  auto pods = std::move((*client)->read_all({istiod_pods(mesh_.system_namespace)}, limits).front());
  if (!pods) return failure(std::move(pods.error()));
  SyncStates states;
  for (const Object& pod : pods->objects) {
    if (!can_be_asked(pod)) continue;
    auto answer = (*client)->exec(istiod_page(pod.id, "clusterz"), limits);
    if (!answer) return failure(std::move(answer.error()));
    auto parsed = parse_clusterz(answer->out);
    if (answer->exit_code != 0 || !parsed) {
      return failure(Diagnostic{.code = Code::malformed_answer,
                                .where = fmt::format("cluster {}: {}", cluster, to_string(pod.id)),
                                .summary = "istiod gave no list of clusters",
                                .cause = fmt::format("`pilot-discovery request GET /debug/clusterz` ended with {}: {}",
                                                     answer->exit_code, printable(answer->err.substr(0, 200))),
                                .hint = {}});
    }
    states.emplace(pod.id.name, std::move(*parsed));
  }
  return states;
}

Result<void> PeerSync::refresh(const std::string& cluster, View& view, TimePoint not_before,
                               const CallLimits& limits) const {
  // The first asks, the others wait for its answer.
  const std::lock_guard lock(view.mutex);
  if (!view.known || view.asked >= not_before) return {};
  CallLimits short_limits = limits;
  short_limits.deadline = std::min(limits.deadline, clock_.now() + answer_time);
  const TimePoint asked = clock_.now();
  auto states = ask(cluster, short_limits);
  if (!states) {
    if (states.error().front().code != Code::cancelled) view.known = false;
    return failure(std::move(states.error()));
  }
  view.asked = asked;
  view.states = std::move(*states);
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
      warnings.push_back(not_known(cluster, why));
      return {};
    }
    Readiness now;
    {
      const std::lock_guard lock(view->mutex);
      if (!view->known) return {};
      now = readiness_of_sync(view->states, cluster_id);
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
