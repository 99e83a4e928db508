#include "providers/istio/istiod_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "engine/base/json.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/endpoint_counter.h"
#include "providers/istio/istiod_pages.h"

namespace mesh::istio {
namespace {

using kubernetes::CallLimits;
using kubernetes::Client;
using nlohmann::json;
using std::chrono::seconds;

constexpr seconds command_time(15);
/// A pod that cannot be reached from the API server does not answer later either.
constexpr seconds metrics_time(5);
constexpr int monitoring_port = 15014;
constexpr std::size_t largest_debug_page = 64U << 20U;

CallLimits within(seconds time, const Clock& clock, const CallLimits& limits) {
  CallLimits shorter = limits;
  shorter.deadline = std::min(limits.deadline, clock.now() + time);
  return shorter;
}

/// One sample of Prometheus' text format: `name{label="value",…} number`.
struct Sample {
  std::string_view name;
  std::map<std::string, std::string, std::less<>> labels;
  double value = 0;

  std::string label(std::string_view key) const {
    const auto found = labels.find(key);
    return found == labels.end() ? std::string() : found->second;
  }
};

std::optional<Sample> parse_sample(std::string_view line) {
  Sample sample;
  const auto name_end = line.find_first_of("{ ");
  if (line.starts_with('#') || name_end == std::string_view::npos) return std::nullopt;
  sample.name = line.substr(0, name_end);
  line.remove_prefix(name_end);
  if (line.front() == '{') line.remove_prefix(1);
  // A cluster id has neither quotes nor backslashes.
  while (!line.empty() && line.front() != ' ') {
    if (line.front() == ',' || line.front() == '}') {
      line.remove_prefix(1);
      continue;
    }
    const auto equals = line.find("=\"");
    const auto end = equals == std::string_view::npos ? equals : line.find('"', equals + 2);
    if (end == std::string_view::npos) return std::nullopt;
    sample.labels.emplace(line.substr(0, equals), line.substr(equals + 2, end - equals - 2));
    line.remove_prefix(end + 1);
  }
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), sample.value);
  return error == std::errc() ? std::optional(std::move(sample)) : std::nullopt;
}

/// What a debug page prints; an error also where the command failed.
Result<std::string> read_page(Client& client, const ObjectId& pod, const char* page, const CallLimits& limits) {
  kubernetes::ExecRequest exec = istiod_page(pod, page);
  exec.largest_output = largest_debug_page;
  auto answer = client.exec(exec, limits);
  if (!answer) return failure(std::move(answer.error()));
  if (answer->exit_code == 0) return std::move(answer->out);
  return failure(Diagnostic{.code = Code::malformed_answer,
                            .where = to_string(pod),
                            .summary = "istiod did not show a page",
                            .cause = fmt::format("`pilot-discovery request GET /debug/{}` ended with {}: {}", page,
                                                 answer->exit_code, answer->err.substr(0, 200)),
                            .hint = {}});
}

Diagnostics not_such_a_page(const ObjectId& pod, const char* page) {
  return {{.code = Code::malformed_answer,
           .where = to_string(pod),
           .summary = "istiod did not show a page",
           .cause = fmt::format("what `pilot-discovery request GET /debug/{}` printed is not such a page", page),
           .hint = {}}};
}

bool is_cancelled(const Diagnostics& why) {
  return std::any_of(why.begin(), why.end(), [](const Diagnostic& one) { return one.code == Code::cancelled; });
}

/// One page into one field of the memory. Errors: cancelled.
template <typename Value, typename Parse>
Result<void> take_page(std::optional<Value>& into, IstiodMemory& memory, Client& client, const ObjectId& pod,
                       const char* page, const Parse& parse, const CallLimits& limits) {
  auto text = read_page(client, pod, page, limits);
  if (!text && is_cancelled(text.error())) return failure(std::move(text.error()));
  if (text) into = parse(*text);
  if (into) return {};
  append(memory.why, text ? not_such_a_page(pod, page) : std::move(text.error()));
  return {};
}

Result<IstiodMemory> ask_istiod(Client& client, const Object& pod, MemoryDepth depth, const Clock& clock,
                                const CallLimits& limits) {
  IstiodMemory memory{.pod = pod.id.name, .revision = text_at(pod.body, {"metadata", "labels", revision_label})};
  const auto command_limits = [&] { return within(command_time, clock, limits); };
  auto asked = take_page(memory.clusters, memory, client, pod.id, "clusterz", parse_clusterz, command_limits());
  if (!asked) return failure(std::move(asked.error()));
  if (!memory.clusters) {
    const auto page =
        client.pod_page({.ns = pod.id.ns, .pod = pod.id.name, .port = monitoring_port, .path = "/metrics"},
                        within(metrics_time, clock, limits));
    if (!page && is_cancelled(page.error())) return failure(page.error());
    if (page) take_metrics(memory, *page);
    if (memory.clusters && depth == MemoryDepth::clusters) memory.why.clear();
    return memory;
  }
  if (depth == MemoryDepth::clusters) return memory;
  asked =
      take_page(memory.endpoints, memory, client, pod.id, "endpointShardz", parse_endpoint_shards, command_limits());
  if (!asked) return failure(std::move(asked.error()));
  asked = take_page(memory.gateways, memory, client, pod.id, "networkz", parse_networkz, command_limits());
  if (!asked) return failure(std::move(asked.error()));
  return memory;
}

}  // namespace

std::optional<std::map<std::string, HeldCluster>> parse_clusterz(std::string_view page) {
  const auto parsed = parse_istiod_page(page);
  if (!parsed || !parsed->is_array()) return std::nullopt;
  std::map<std::string, HeldCluster> clusters;
  for (const json& one : *parsed) {
    // Its own cluster comes from no Secret.
    std::string secret = text_at(one, "secretName");
    if (!secret.empty()) clusters[text_at(one, "id")] = {std::move(secret), text_at(one, "syncStatus")};
  }
  return clusters;
}

std::optional<std::map<std::string, HeldEndpoints>> parse_endpoint_shards(std::string_view page) {
  while (!page.empty()) {
    EndpointCounter counter;
    // A line of the log may be JSON as well; more follows it.
    if (page.front() == '{' && json::sax_parse(page.begin(), page.end(), &counter)) return counter.counted();
    const auto end = page.find('\n');
    page.remove_prefix(end == std::string_view::npos ? page.size() : end + 1);
  }
  return std::nullopt;
}

std::optional<std::vector<HeldGateway>> parse_networkz(std::string_view page) {
  const auto parsed = parse_istiod_page(page);
  std::vector<HeldGateway> gateways;
  if (!parsed) {
    // What Go prints of an empty list.
    const auto end = page.find_last_not_of("\n ");
    if (end == std::string_view::npos || !page.substr(0, end + 1).ends_with("null")) return std::nullopt;
    return gateways;
  }
  if (!parsed->is_array()) return std::nullopt;
  for (const json& one : *parsed) {
    gateways.push_back({text_at(one, "Network"), text_at(one, "Cluster"), text_at(one, "Addr")});
  }
  return gateways;
}

void take_metrics(IstiodMemory& memory, std::string_view page) {
  std::map<std::string, HeldCluster> states;
  bool has_states = false;
  while (!page.empty()) {
    const auto end = page.find('\n');
    const auto sample = parse_sample(page.substr(0, end));
    page.remove_prefix(end == std::string_view::npos ? page.size() : end + 1);
    if (!sample) continue;
    const std::string cluster = sample->label("cluster");
    if (sample->name == "istiod_managed_clusters" && sample->label("cluster_type") == "remote") {
      memory.registered = static_cast<std::size_t>(std::max(0.0, sample->value));
    } else if (sample->name == "remote_cluster_sync_timeouts_total" && sample->value > 0) {
      memory.gave_up.insert(cluster);
    } else if (sample->name == "istiod_remote_cluster_sync_status") {
      has_states = true;
      // A cluster that is gone keeps its samples, all 0.
      if (sample->value > 0) states[cluster].status = sample->label("status");
    }
  }
  if (has_states || memory.registered == 0) memory.clusters = std::move(states);
}

Result<std::vector<IstiodMemory>> ask_istiods(Client& client, const std::string& system_namespace, MemoryDepth depth,
                                              const Clock& clock, const CallLimits& limits) {
  auto pods = std::move(client.read_all({istiod_pods(system_namespace)}, limits).front());
  if (!pods) return failure(std::move(pods.error()));
  std::vector<IstiodMemory> istiods;
  for (const Object& pod : pods->objects) {
    if (!can_be_asked(pod)) continue;
    auto memory = ask_istiod(client, pod, depth, clock, limits);
    if (!memory) return failure(std::move(memory.error()));
    istiods.push_back(std::move(*memory));
  }
  return istiods;
}

std::string why_unknown(const IstiodMemory& memory, const std::string& cluster_id) {
  std::string text = fmt::format("istiod {} could not be asked", memory.pod);
  if (!memory.why.empty()) {
    const Diagnostic& first = memory.why.front();
    text += fmt::format(": {}", first.cause.empty() ? first.summary : first.cause);
  }
  if (memory.clusters) return text + "; its metrics tell which clusters are synced, nothing else";
  if (!memory.registered) return text;
  text += fmt::format("; its metrics tell only that {} remote clusters are registered", *memory.registered);
  if (memory.gave_up.contains(cluster_id)) text += ", and that it gave up on this one at least once since it started";
  return text;
}

std::string hint_on_unknown(const IstiodMemory& memory) {
  const bool forbidden = std::any_of(memory.why.begin(), memory.why.end(),
                                     [](const Diagnostic& one) { return one.code == Code::forbidden; });
  if (forbidden) {
    return "allow `get` and `create` on `pods/exec` in the system namespace (`get` on `pods/proxy` is enough where the "
           "metrics of istiod tell which clusters are synced)";
  }
  return "see why `kubectl exec` does not work in that pod, or look with `istioctl remote-clusters`";
}

}  // namespace mesh::istio
