#include "providers/istio/read_cluster.h"

#include <fmt/format.h>

#include <algorithm>

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

/// Whether this mesh made it. Namespaces carry no label of ours, but the network that we set.
bool is_of_mesh(const Object& object, const MeshSpec& mesh) {
  if (object.id.kind != "Namespace") return created_by_mesh(object, mesh.name);
  const std::string manager = field_manager_of(mesh.name);
  return std::any_of(object.managers.begin(), object.managers.end(),
                     [&](const ManagedFields& entry) { return is_ours(entry, manager); });
}

/// What somebody asked for by name is known better already.
void take_searched(ClusterState& state, const MeshSpec& mesh, std::vector<Object>& objects) {
  for (Object& object : objects) {
    if (state.was_asked(object.id) || !is_of_mesh(object, mesh)) continue;
    ObjectId id = object.id;
    state.found.try_emplace(std::move(id), std::move(object));
  }
}

Diagnostic not_searched(const ClusterState& state, const MeshSpec& mesh, const Diagnostic& why) {
  return {.code = why.code,
          .severity = Severity::warning,
          .where = fmt::format("cluster {}", state.name),
          .summary = "not all namespaces were searched for what mesh made",
          .cause = why.cause.empty() ? why.summary : why.cause,
          .hint = fmt::format("only namespace {} and those of the last snapshot are known; for the others give the "
                              "account of mesh the right to list them",
                              mesh.system_namespace)};
}

/// Where not all namespaces may be listed, one is.
void take_searches(ClusterState& state, const MeshSpec& mesh, Client& client, const CallLimits& limits,
                   const std::vector<Read>& searches, std::vector<Result<ReadAnswer>>::iterator answer) {
  std::vector<Read> again;
  const std::vector<Read> in_namespace = searches_of(mesh, mesh.system_namespace);
  for (const Read& search : searches) {
    Result<ReadAnswer>& found = *answer++;
    const bool in_older_version = found && !found->served && search.id.kind == "Gateway";
    if (found) take_searched(state, mesh, found->objects);
    if (in_older_version && !state.gateway_version.empty()) {
      again.push_back(search);
      again.back().id.api_version = expose_id("", state.gateway_version).api_version;
    }
    if (found) continue;
    if (!state.searched_few) state.diagnostics.push_back(not_searched(state, mesh, found.error().front()));
    state.searched_few = true;
    for (const Read& one : in_namespace) {
      if (one.id.kind == search.id.kind && one.id.kind != "Secret") again.push_back(one);
    }
  }
  if (again.empty()) return;
  for (Result<ReadAnswer>& found : client.read_all(again, limits)) {
    if (found) take_searched(state, mesh, found->objects);
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
          {.id = namespace_id(kube_system_namespace)},
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

std::vector<Read> searches_of(const MeshSpec& mesh, const std::string& ns) {
  const std::string version = gateway_versions.front();
  std::vector<Read> searches;
  for (ObjectId id : {reader_account_id(ns), gateway_deployment_id(ns), gateway_service_id(ns), gateway_scaler_id(ns),
                      gateway_budget_id(ns), expose_id(ns, version), secrets_id(ns), reader_role_id(ns),
                      reader_binding_id(ns), namespace_id(ns)}) {
    if (!ns.empty() && id.ns.empty()) continue;
    id.name.clear();
    Read search{.id = std::move(id), .content = Content::metadata_only};
    search.label_selector = search.id.kind == "Namespace"
                                ? std::string(network_label)
                                : fmt::format("{}={},{}={}", managed_by_label, managed_by, mesh_label, mesh.name);
    if (ns.empty() && search.id.kind == "Secret") search.not_in_namespace = mesh.system_namespace;
    searches.push_back(std::move(search));
  }
  return searches;
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
  const std::vector<Read> searches = searches_of(mesh);
  reads.insert(reads.end(), searches.begin(), searches.end());
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
  for (std::size_t i = 0; i < topics.size(); ++i)
    take_list(*checks, topics[i].topic, answers[own + searches.size() + i]);
  for (const std::string& ns : {mesh.system_namespace, std::string(kube_system_namespace)}) {
    const auto found = state.found.find(namespace_id(ns));
    if (found != state.found.end()) state.uids[ns] = found->second.uid;
  }
  take_gateway(state, mesh, client, limits, newest_is_served);
  take_searches(state, mesh, client, limits, searches, answers.begin() + static_cast<std::ptrdiff_t>(own));
}

void read_recorded(ClusterState& state, const MeshSpec& mesh, const std::set<ObjectId>& recorded, Client& client,
                   const CallLimits& limits) {
  std::vector<Read> reads;
  std::set<std::string> namespaces;
  for (const ObjectId& id : recorded) {
    if (state.was_asked(id)) continue;
    namespaces.insert(id.ns);
    if (id.kind != "Secret") reads.push_back({.id = id});
  }
  namespaces.erase("");
  for (const std::string& ns : namespaces) {
    const auto secrets = recorded.lower_bound(secrets_id(ns));
    const bool any = secrets != recorded.end() && secrets->kind == "Secret" && secrets->ns == ns;
    if (any) reads.push_back({.id = secrets_id(ns), .content = Content::metadata_only});
  }
  const std::size_t known = reads.size();
  for (const std::string& ns : namespaces) {
    if (!state.searched_few) break;
    for (Read& search : searches_of(mesh, ns)) reads.push_back(std::move(search));
  }
  if (reads.empty()) return;
  auto answers = client.read_all(reads, limits);
  for (std::size_t i = 0; i < known; ++i) take_answer(state, reads[i], answers[i]);
  for (std::size_t i = known; i < reads.size(); ++i) {
    if (answers[i]) take_searched(state, mesh, answers[i]->objects);
  }
}

}  // namespace mesh::istio
