#include "providers/istio/read_cluster.h"

#include <fmt/format.h>

#include "providers/istio/checks/read_for_checks.h"
#include "providers/istio/desired/mesh_members.h"
#include "providers/istio/desired/names.h"

namespace mesh::istio {
namespace {

using kubernetes::CallLimits;
using kubernetes::Client;
using kubernetes::Content;
using kubernetes::Read;
using kubernetes::ReadAnswer;

void take_answer(ClusterState& state, const Read& read, Result<ReadAnswer>& answer) {
  // The list of istiods is no list of all Deployments: it must not make any other absent.
  const bool partial = read.id == istiods_id(read.id.ns);
  if (!partial) state.asked.insert(read.id);
  if (!answer) {
    state.unreadable[read.id] = std::move(answer.error());
    return;
  }
  for (Object& object : answer->objects) {
    ObjectId id = object.id;
    state.found.insert_or_assign(std::move(id), std::move(object));
  }
}

/// The Gateway was asked for in its newest version; where that is not served, it is asked for in the older ones. What
/// Gateway itself is served in decides: its group may have versions that other kinds alone have.
void take_gateway(ClusterState& state, const MeshSpec& mesh, Client& client, const CallLimits& limits,
                  bool newest_is_served) {
  if (newest_is_served) {
    state.gateway_version = gateway_versions.front();
    return;
  }
  if (state.unreadable.contains(expose_id(mesh.system_namespace, gateway_versions.front()))) return;
  std::vector<Read> older;
  for (std::size_t i = 1; i < gateway_versions.size(); ++i) {
    older.push_back({.id = expose_id(mesh.system_namespace, gateway_versions.at(i))});
  }
  auto answers = client.read_all(older, limits);
  for (std::size_t i = 0; i < older.size(); ++i) {
    if (answers[i] && !answers[i]->served) continue;
    if (answers[i]) state.gateway_version = gateway_versions.at(i + 1);
    return take_answer(state, older[i], answers[i]);
  }
}

}  // namespace

std::vector<Read> reads_of(const MeshSpec& mesh) {
  const std::string& ns = mesh.system_namespace;
  // First what takes a server longest. All of them: one whose label somebody took away must not look absent.
  return {{.id = secrets_id(ns), .content = Content::metadata_only},
          {.id = namespace_id(ns)},
          {.id = istiods_id(ns), .label_selector = "app=istiod"},
          {.id = reader_account_id(ns)},
          {.id = reader_role_id(ns)},
          {.id = reader_binding_id(ns)},
          {.id = gateway_account_id(ns)},
          {.id = gateway_deployment_id(ns)},
          {.id = gateway_service_id(ns)},
          {.id = gateway_scaler_id(ns)},
          {.id = gateway_budget_id(ns)},
          {.id = expose_id(ns, gateway_versions.front())}};
}

void report_access(ClusterState& state, const Client& client) {
  state.server = client.server();
  state.ca_pem = client.ca_pem();
  state.insecure = client.insecure();
}

void read_cluster(ClusterState& state, CheckReading* checks, const MeshSpec& mesh, Client& client,
                  const CallLimits& limits) {
  report_access(state, client);
  std::vector<Read> reads = reads_of(mesh);
  const std::size_t own = reads.size();
  std::vector<TopicRead> topics;
  if (checks != nullptr) topics = reads_for_checks(mesh, CheckDepth::plan);
  for (const TopicRead& one : topics) reads.push_back(one.read);
  auto [version, answers] = client.survey(reads, limits);
  // Who may not ask for the version is still answered.
  if (!version && version.error().front().code != Code::forbidden) {
    state.reading = Unreachable{std::move(version.error())};
    return;
  }
  if (version) state.server_version = std::move(*version);
  const Result<ReadAnswer>& gateway = answers[own - 1];
  const bool newest_is_served = gateway && gateway->served;
  for (std::size_t i = 0; i < own; ++i) take_answer(state, reads[i], answers[i]);
  for (std::size_t i = 0; i < topics.size(); ++i) take_list(*checks, topics[i].topic, answers[own + i]);
  const auto home = state.found.find(namespace_id(mesh.system_namespace));
  if (home != state.found.end()) state.uid = home->second.uid;
  take_gateway(state, mesh, client, limits, newest_is_served);
}

}  // namespace mesh::istio
