#include "providers/istio/verification/judge_path.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "engine/base/json.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

/// The entries of a cluster for HelloWorld in endpointShardz; null when istiod has none.
const json* shard_of(const PathEvidence& evidence, const std::string& cluster_id) {
  const json* service = evidence.shards ? member(&*evidence.shards, evidence.host) : nullptr;
  if (service == nullptr || !service->is_object()) return nullptr;
  for (const auto& [ns, found] : service->items()) {
    const json* shards = member(&found, "Shards");
    const json* shard = member(shards, "Kubernetes/" + cluster_id);
    if (shard != nullptr && shard->is_array() && !shard->empty()) return shard;
  }
  return nullptr;
}

std::string network_of(const json* shard) { return shard == nullptr ? std::string() : text_at((*shard)[0], "Network"); }

bool is_trust_error(const std::string& text) {
  return text.find("TLS_error") != std::string::npos || text.find("CERTIFICATE_VERIFY_FAILED") != std::string::npos;
}

/// What was read of the sidecar and of istiod, or that it could not be.
std::string sources(const PathEvidence& evidence) {
  std::string text;
  if (!evidence.endpoints) {
    text = fmt::format("the sidecar of Sleep in {} could not be asked for its endpoints", evidence.from);
  } else {
    std::vector<std::string> shown;
    for (const ProxyEndpoint& one : *evidence.endpoints) {
      shown.push_back(fmt::format("{}:{}", one.address, one.port));
    }
    text = fmt::format("the sidecar of Sleep in {} dials {}", evidence.from,
                       shown.empty() ? "nothing" : fmt::format("{}", fmt::join(shown, ", ")));
  }
  if (!evidence.shards) return text + fmt::format("; istiod of {} could not be asked", evidence.from);
  return text + fmt::format("; istiod of {} {} endpoints of {}", evidence.from,
                            shard_of(evidence, evidence.to_id) == nullptr ? "has no" : "has", evidence.to);
}

VerificationFinding finding(const PathEvidence& evidence, PathFault fault, std::string means, std::string do_next,
                            const std::string& read = {}) {
  return {.from = evidence.from,
          .to = evidence.to,
          .fault = fault,
          .read = read.empty() ? sources(evidence) : read,
          .means = std::move(means),
          .do_next = std::move(do_next)};
}

std::optional<VerificationFinding> judge_injection(const PathEvidence& evidence) {
  if (evidence.from_injected && evidence.to_injected) return std::nullopt;
  const std::string& where = evidence.from_injected ? evidence.to : evidence.from;
  return finding(evidence, PathFault::not_injected, "pods without a sidecar take no part in the mesh",
                 fmt::format("compare label istio.io/rev with the webhooks of istiod in {}", where),
                 fmt::format("the pods in {} have no container istio-proxy", where));
}

/// Whether the caller dials pods of the other cluster instead of its gateway, and what says so.
std::optional<VerificationFinding> judge_network(const PathEvidence& evidence) {
  const std::string means = fmt::format("{} takes the pods of {} for its own network", evidence.from, evidence.to);
  const std::string do_next = fmt::format(
      "give both clusters different networks in all places: label of the system namespace, of the gateway Service, and "
      "global.network of the injector, in {} and {}",
      evidence.from, evidence.to);
  if (evidence.endpoints) {
    const bool direct = std::any_of(evidence.endpoints->begin(), evidence.endpoints->end(),
                                    [&](const auto& one) { return evidence.to_pods.contains(one.address); });
    if (direct) return finding(evidence, PathFault::network, means, do_next);
    return std::nullopt;
  }
  const std::string from = network_of(shard_of(evidence, evidence.from_id));
  const json* shard = shard_of(evidence, evidence.to_id);
  if (shard == nullptr || network_of(shard) != from) return std::nullopt;
  return finding(evidence, PathFault::network, means, do_next,
                 sources(evidence) + fmt::format(", in the same network `{}`", from));
}

/// Endpoints that are neither pods of the caller's cluster nor of the other one: gateways.
std::vector<ProxyEndpoint> gateways_of(const PathEvidence& evidence) {
  std::vector<ProxyEndpoint> gateways;
  for (const ProxyEndpoint& one : evidence.endpoints.value_or(std::vector<ProxyEndpoint>())) {
    if (!evidence.from_pods.contains(one.address) && !evidence.to_pods.contains(one.address)) gateways.push_back(one);
  }
  return gateways;
}

std::optional<VerificationFinding> judge_discovery(const PathEvidence& evidence) {
  if (shard_of(evidence, evidence.to_id) != nullptr) return std::nullopt;
  // Where istiod could not be asked, the sidecar's word is taken: no gateway at all.
  if (!evidence.shards && (!evidence.endpoints || !gateways_of(evidence).empty())) return std::nullopt;
  return finding(evidence, PathFault::not_discovered,
                 fmt::format("{} does not discover {}{}", evidence.from, evidence.to,
                             evidence.shards ? "" : ", or knows no gateway of it"),
                 fmt::format("`mesh plan` shows whether the remote Secret of {} is there; if it is, see that the token "
                             "in it works, and discoverySelectors and cluster-local hosts of the mesh configuration",
                             evidence.to));
}

VerificationFinding judge_way(const PathEvidence& evidence) {
  if (is_trust_error(evidence.errors)) {
    return finding(evidence, PathFault::trust, "the two clusters do not trust each other's certificates",
                   "compare roots and trust domains of both clusters: they need a common root, and the same trust "
                   "domain or aliases",
                   fmt::format("calls from {} failed with {}", evidence.from, evidence.errors));
  }
  if (evidence.gateway_pods == 0) {
    return finding(evidence, PathFault::gateway_not_ready,
                   fmt::format("nothing listens behind the gateway of {}", evidence.to),
                   fmt::format("`mesh plan` and `mesh apply` bring it back; else look at the pods of Deployment "
                               "istio-eastwestgateway in {}",
                               evidence.to),
                   fmt::format("the gateway of {} has no available pod", evidence.to));
  }
  const auto gateways = gateways_of(evidence);
  if (evidence.endpoints && gateways.empty()) {
    return finding(
        evidence, PathFault::no_gateway_address,
        fmt::format("{} knows no address of the gateway of {}, or its pods have no mTLS", evidence.from, evidence.to),
        fmt::format("see that the gateway Service in {} has an address and the network label, and that no "
                    "DestinationRule or PeerAuthentication switches mTLS off",
                    evidence.to));
  }
  const bool refused =
      std::any_of(gateways.begin(), gateways.end(), [](const auto& one) { return one.connect_failures > 0; });
  if (refused) {
    return finding(
        evidence, PathFault::connection,
        fmt::format("the gateway of {} cannot be reached from {}, or TLS with it fails", evidence.to, evidence.from),
        "open port 15443 of the gateway's load balancer for the nodes of the caller; where it is open, "
        "compare the roots of trust of both clusters",
        sources(evidence) + ", and connections to the gateway fail");
  }
  return finding(evidence, PathFault::unknown, "why no answer comes cannot be seen from here",
                 fmt::format("see the log of istio-proxy in the pods of Sleep in {} and of the gateway in {}",
                             evidence.from, evidence.to));
}

}  // namespace

std::optional<HelloAnswer> parse_hello(std::string_view text) {
  constexpr std::string_view before = "Hello version: ";
  constexpr std::string_view between = ", instance: ";
  const auto begin = text.find(before);
  if (begin == std::string_view::npos) return std::nullopt;
  text.remove_prefix(begin + before.size());
  const auto comma = text.find(between);
  if (comma == std::string_view::npos) return std::nullopt;
  const std::string_view instance = text.substr(comma + between.size());
  return HelloAnswer{.version = std::string(text.substr(0, comma)),
                     .instance = std::string(instance.substr(0, instance.find_first_of(" \r\n")))};
}

std::vector<ProxyEndpoint> parse_proxy_endpoints(std::string_view page, std::string_view host) {
  std::vector<ProxyEndpoint> found;
  while (!page.empty()) {
    const auto end = page.find('\n');
    const std::string_view line = page.substr(0, end);
    page.remove_prefix(end == std::string_view::npos ? page.size() : end + 1);
    // `outbound|5000||HOST::ADDRESS:PORT::cx_connect_fail::0`; an IPv6 address has brackets, so the key is found last.
    constexpr std::string_view key = "::cx_connect_fail::";
    const auto name_end = line.find(std::string(host) + "::");
    const auto at = line.rfind(key);
    if (!line.starts_with("outbound|") || name_end == std::string_view::npos || at == std::string_view::npos) continue;
    const std::string_view place = line.substr(name_end + host.size() + 2, at - name_end - host.size() - 2);
    const auto colon = place.rfind(':');
    if (colon == std::string_view::npos) continue;
    ProxyEndpoint endpoint{.address = std::string(place.substr(0, colon))};
    std::from_chars(place.data() + colon + 1, place.data() + place.size(), endpoint.port);
    std::from_chars(line.data() + at + key.size(), line.data() + line.size(), endpoint.connect_failures);
    found.push_back(std::move(endpoint));
  }
  return found;
}

VerificationFinding judge_path(const PathEvidence& evidence) {
  if (auto found = judge_injection(evidence)) return *found;
  if (evidence.from == evidence.to) {
    return finding(
        evidence, PathFault::unknown, "not even the version of the own cluster answers",
        fmt::format("look at the pods of HelloWorld and Sleep in {}, and at the log of istiod there", evidence.from),
        evidence.errors.empty() ? "" : fmt::format("calls failed with {}", evidence.errors));
  }
  if (auto found = judge_network(evidence)) return *found;
  if (auto found = judge_discovery(evidence)) return *found;
  return judge_way(evidence);
}

}  // namespace mesh::istio
