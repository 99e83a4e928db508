#include "providers/istio/inspect/read_found_cluster.h"

#include <set>
#include <string>
#include <vector>

#include "providers/istio/desired/istiod.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/inspect/inspect_cluster.h"
#include "providers/istio/inspect/inspected_ids.h"
#include "providers/istio/read_cluster.h"

namespace mesh::istio {
namespace {

using kubernetes::CallLimits;
using kubernetes::Client;
using kubernetes::Content;
using kubernetes::Read;
using kubernetes::ReadAnswer;

constexpr const char* istiods_selector = "app=istiod";

void take_answers(ClusterState& state, const std::vector<Read>& reads, std::vector<Result<ReadAnswer>>& answers) {
  for (std::size_t i = 0; i < reads.size(); ++i) {
    if (!answers[i]) {
      state.unreadable[reads[i].id] = std::move(answers[i].error());
      continue;
    }
    for (Object& object : answers[i]->objects) {
      ObjectId id = object.id;
      // What was read whole says more.
      if (reads[i].content == Content::metadata_only) {
        state.found.emplace(std::move(id), std::move(object));
      } else {
        state.found.insert_or_assign(std::move(id), std::move(object));
      }
    }
  }
}

/// What can be asked before it is known where istiod is.
std::vector<Read> first_reads() {
  return {{.id = istiods_id(""), .label_selector = istiods_selector},
          {.id = namespace_id(kube_system)},
          {.id = nodes_id(""), .content = Content::metadata_only},
          {.id = daemon_sets_id(), .content = Content::metadata_only},
          {.id = network_gateways_id(), .label_selector = network_label},
          {.id = membership_id()}};
}

std::vector<Read> second_reads(const ClusterState& state, const std::string& ns) {
  std::vector<Read> reads = {{.id = secrets_id(ns),
                              .label_selector = std::string(remote_secret_label) + "=true",
                              .content = Content::metadata_only},
                             {.id = namespace_id(ns)},
                             {.id = gateway_deployment_id(ns)},
                             {.id = gateway_service_id(ns)},
                             {.id = gateway_scaler_id(ns)}};
  std::set<std::string> revisions;
  for (const Istiod& istiod : istiods_of(state, ns)) {
    if (!revisions.insert(istiod.revision).second) continue;
    reads.push_back({.id = mesh_config_id(ns, istiod.revision)});
    reads.push_back({.id = injector_config_id(ns, istiod.revision)});
  }
  // The metadata of nodes has their labels; one of them tells the cloud.
  const auto node = state.found.lower_bound(nodes_id(""));
  if (node != state.found.end() && node->first.kind == "Node") reads.push_back({.id = node->first});
  return reads;
}

}  // namespace

void read_found_cluster(ClusterState& state, Client& client, const CallLimits& limits) {
  report_access(state, client);
  // Alone and first: where it has no answer, nothing else needs to be asked.
  auto version = client.version(limits);
  // Who may not ask for the version is still answered.
  if (!version && version.error().front().code != Code::forbidden) {
    state.reading = Unreachable{std::move(version.error())};
    return;
  }
  if (version) state.server_version = std::move(*version);
  std::vector<Read> reads = first_reads();
  std::vector<Result<ReadAnswer>> answers = client.read_all(reads, limits);
  take_answers(state, reads, answers);
  if (state.unreadable.contains(istiods_id(""))) {
    // An account that may read the usual namespace alone.
    reads = {{.id = istiods_id(usual_namespace), .label_selector = istiods_selector}};
    answers = client.read_all(reads, limits);
    take_answers(state, reads, answers);
    if (!state.unreadable.contains(reads.front().id)) state.unreadable.erase(istiods_id(""));
  }
  const std::string found = system_namespace_in(state);
  reads = second_reads(state, found.empty() ? usual_namespace : found);
  answers = client.read_all(reads, limits);
  take_answers(state, reads, answers);
}

}  // namespace mesh::istio
