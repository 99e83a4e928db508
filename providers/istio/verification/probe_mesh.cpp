#include "providers/istio/verification/probe_mesh.h"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <utility>

#include "engine/base/json.h"
#include "engine/base/time.h"
#include "engine/jobs/workers.h"
#include "providers/istio/checks/topics.h"
#include "providers/istio/checks/trust_checks.h"
#include "providers/istio/client_pool.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/desired/object_readiness.h"
#include "providers/istio/verification/judge_chain.h"
#include "providers/istio/verification/sample.h"

namespace mesh::istio {
namespace {

using nlohmann::json;

constexpr std::chrono::seconds survey_time(30);
constexpr int gateway_port = 15443;

/// One cluster while it is probed.
struct ProbeRun {
  const ClusterSpec* cluster = nullptr;
  VerifiedCluster result = {};
  std::vector<ProbedGateway> probes = {};
  std::vector<SeenChain> chains = {};
  /// What says whom its workloads trust.
  ClusterState live = {};
  CheckReading reading = {};
};

bool selects(const json* selector, const json* labels) {
  if (selector == nullptr || !selector->is_object() || selector->empty()) return false;
  return std::all_of(selector->items().begin(), selector->items().end(), [&](const auto& item) {
    const json* value = member(labels, item.key());
    return value != nullptr && *value == item.value();
  });
}

/// Of the label with which a gateway Service names another port (istio-facts 3).
int port_of(const Object& service) {
  const std::string text = text_at(*service.body, {"metadata", "labels", gateway_port_label});
  int port = gateway_port;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

ProbedGateway probed(const std::string& cluster, const ProbeTarget& target, const ProbeAnswer& answer) {
  ProbedGateway probe{.cluster = cluster,
                      .address = target.host,
                      .port = target.port,
                      .connected = answer.connected,
                      .milliseconds = static_cast<int>(answer.took.count()),
                      .sni = target.sni,
                      .identity = answer.identity,
                      .error = answer.error};
  if (answer.chain.empty()) return probe;
  probe.issuer = answer.chain.front().issuer;
  for (const CaCertificate& one : answer.chain) {
    if (one.subject == probe.issuer && one.is_ca) probe.issuer_key = one.key_sha256;
  }
  return probe;
}

/// Keeps what the trust graph is made of.
void take_trust(ProbeRun& run, const ObjectId& istiods, const Result<kubernetes::ReadAnswer>& deployments,
                Result<kubernetes::ReadAnswer> config_maps) {
  run.live.reading = Answered{};
  run.live.asked.insert(istiods);
  if (deployments) {
    for (const Object& one : deployments->objects) run.live.found.emplace(one.id, one);
  } else {
    run.live.unreadable.emplace(istiods, deployments.error());
  }
  CheckList& list = run.reading.lists[name_of(Topic::config_maps)];
  if (config_maps) {
    list.objects = std::move(config_maps->objects);
  } else {
    list.why = std::move(config_maps.error());
  }
}

/// Who trusts whom among the clusters that were read.
TrustGraph probed_trust(const Spec& spec, const std::vector<ProbeRun>& runs, const std::string& now) {
  static const Platform no_platform;
  std::vector<ClusterView> views;
  std::vector<std::string> silent;
  views.reserve(runs.size());
  for (const ProbeRun& run : runs) {
    if (run.live.asked.empty()) {
      silent.push_back(run.cluster->name);
    } else {
      views.emplace_back(spec, *run.cluster, no_platform, run.live, run.reading);
    }
  }
  return trust_of_views(spec, views, silent, now);
}

void probe_cluster(ProbeRun& run, kubernetes::Client& client, const std::string& system_namespace,
                   const DialGateway& dial, Clock& clock, const std::stop_token& stop) {
  const std::vector<kubernetes::Read> reads = {
      {.id = gateway_service_id(system_namespace)},
      {.id = {"v1", "Service", "", ""}},
      // The injector labels what it has injected; nothing else of the pods is needed.
      {.id = {"v1", "Pod", "", ""},
       .label_selector = "security.istio.io/tlsMode=istio",
       .content = kubernetes::Content::metadata_only},
      {.id = istiods_id(system_namespace), .label_selector = "app=istiod"},
      {.id = {"v1", "ConfigMap", system_namespace, ""}}};
  auto found = client.read_all(reads, {.deadline = clock.now() + survey_time, .stop = stop});
  if (!found[0]) {
    run.result.error = found[0].error();
    return;
  }
  take_trust(run, istiods_id(system_namespace), found[3], std::move(found[4]));
  if (found[0]->objects.empty() || addresses_of(found[0]->objects.front()).empty()) {
    run.result.error = {{.code = Code::not_ready,
                         .where = "cluster " + run.cluster->name,
                         .summary = "gateway has no address",
                         .cause = "no address stands in Service " + std::string(gateway_name),
                         .hint = "`mesh plan` says whether the gateway is there"}};
    return;
  }
  const Object& service = found[0]->objects.front();
  const std::string sni = found[1] && found[2] ? find_injected_sni(found[1]->objects, found[2]->objects) : "";
  for (const std::string& address : addresses_of(service)) {
    const ProbeTarget target{.host = address, .port = port_of(service), .sni = sni};
    ProbeAnswer answer = dial(target);
    run.probes.push_back(probed(run.cluster->name, target, answer));
    if (!answer.chain.empty()) run.chains.push_back({run.cluster->name, std::move(answer.chain)});
  }
}

}  // namespace

std::string find_injected_sni(const std::vector<Object>& services, const std::vector<Object>& pods) {
  for (const Object& service : services) {
    const json& ports = list_at(*service.body, {"spec", "ports"});
    // A gateway's own pods have a sidecar's label too, and no listener for such names.
    if (ports.empty() || !text_at(*service.body, {"metadata", "labels", network_label}).empty()) continue;
    const json* selector = find_field(*service.body, {"spec", "selector"});
    const bool injected = std::any_of(pods.begin(), pods.end(), [&](const Object& pod) {
      return pod.id.ns == service.id.ns && selects(selector, find_field(*pod.body, {"metadata", "labels"}));
    });
    const json* port = member(&ports[0], "port");
    if (!injected || port == nullptr || !port->is_number_integer()) continue;
    return passthrough_sni(service.id.name, service.id.ns, port->get<int>());
  }
  return {};
}

Verification probe_mesh(const Spec& spec, bool all, const DialGateway& dial, kubernetes::ClientFactory& clients,
                        Clock& clock, const std::stop_token& stop) {
  const std::vector<std::string> chosen = sample_clusters(spec, all ? spec.clusters.size() : sample_size);
  Verification found{.mesh = spec.mesh.name};
  std::vector<ProbeRun> runs;
  for (const auto& [name, cluster] : spec.clusters) {
    if (std::binary_search(chosen.begin(), chosen.end(), name)) {
      runs.push_back({.cluster = &cluster, .result = {.name = name}});
    } else {
      found.left_out.push_back(name);
    }
  }
  ClientPool pool(spec.mesh.name, spec.clusters, clients);
  for_each_index(runs.size(), static_cast<int>(runs.size()), [&](std::size_t at) {
    ProbeRun& run = runs[at];
    auto client = pool.to(run.cluster->name);
    if (!client) {
      run.result.error = std::move(client.error());
      return;
    }
    probe_cluster(run, **client, spec.mesh.system_namespace, dial, clock, stop);
  });
  const std::string now = rfc3339(clock.wall());
  const TrustGraph trust = probed_trust(spec, runs, now);
  std::vector<SeenChain> chains;
  for (ProbeRun& run : runs) {
    found.clusters.push_back(std::move(run.result));
    found.probes.insert(found.probes.end(), run.probes.begin(), run.probes.end());
    std::move(run.chains.begin(), run.chains.end(), std::back_inserter(chains));
  }
  found.findings = judge_chains(trust, chains, now);
  return found;
}

}  // namespace mesh::istio
