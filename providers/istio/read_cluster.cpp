#include "providers/istio/read_cluster.h"

#include <fmt/format.h>

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

/// The Gateway was asked for in one version, while the served ones were not known. Where that one is not served, it is
/// asked for again.
void take_versions(ClusterState& state, const MeshSpec& mesh, Client& client, const CallLimits& limits,
                   Result<std::vector<std::string>>& versions, bool guess_is_served) {
  if (!versions) {
    const std::string guess = *gateway_version(mesh, nullptr);
    if (guess_is_served) {
      state.istio_versions = {guess};
    } else {
      state.unreadable.emplace(expose_id(mesh.system_namespace, guess), std::move(versions.error()));
    }
    return;
  }
  state.istio_versions.insert(versions->begin(), versions->end());
  const auto version = gateway_version(mesh, &state);
  if (!version) return;
  const Read again{.id = expose_id(mesh.system_namespace, *version)};
  if (state.asked.contains(again.id)) return;
  auto answers = client.read_all({again}, limits);
  take_answer(state, again, answers.front());
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
          {.id = expose_id(ns, *gateway_version(mesh, nullptr))}};
}

void report_access(ClusterState& state, const Client& client) {
  state.server = client.server();
  state.ca_pem = client.ca_pem();
  state.insecure = client.insecure();
}

void read_cluster(ClusterState& state, const MeshSpec& mesh, Client& client, const CallLimits& limits) {
  report_access(state, client);
  const std::vector<Read> reads = reads_of(mesh);
  auto [version, versions, answers] = client.survey(istio_group, reads, limits);
  // Who may not ask for the version is still answered.
  if (!version && version.error().front().code != Code::forbidden) {
    state.reading = Unreachable{std::move(version.error())};
    return;
  }
  if (version) state.server_version = std::move(*version);
  const bool guess_is_served = answers.back() && answers.back()->served;
  for (std::size_t i = 0; i < reads.size(); ++i) take_answer(state, reads[i], answers[i]);
  const auto home = state.found.find(namespace_id(mesh.system_namespace));
  if (home != state.found.end()) state.uid = home->second.uid;
  take_versions(state, mesh, client, limits, versions, guess_is_served);
}

}  // namespace mesh::istio
