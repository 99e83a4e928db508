#include "providers/istio/peer_gateways.h"

#include <fmt/format.h>

#include "engine/base/json.h"
#include "providers/istio/desired/member_inputs.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/desired/object_readiness.h"

namespace mesh::istio {
namespace {

Diagnostic not_ready(const std::string& peer, const ObjectId& id, const std::string& why) {
  return {.code = Code::not_ready,
          .where = fmt::format("cluster {}: {}", peer, to_string(id)),
          .summary = "gateway of the peer is not ready",
          .cause = fmt::format("{}; calls to {} would be lost if its endpoints were announced now", why, peer),
          .hint = fmt::format("apply {} first", address_of(peer, ActionKind::gateway).text)};
}

/// One pod is a way; an autoscaler may be adding others at any time.
bool has_available_pod(const Object& object) {
  const nlohmann::json* available = find_field(object.body, {"status", "availableReplicas"});
  return available != nullptr && available->is_number() && *available > 0;
}

}  // namespace

Result<void> PeerGateways::ask(const std::string& peer, const kubernetes::CallLimits& limits) const {
  auto client = client_pool_.to(peer);
  if (!client) return failure(std::move(client.error()));
  const std::string& ns = mesh_.system_namespace;
  const std::vector<kubernetes::Read> reads = {{.id = gateway_deployment_id(ns)}, {.id = gateway_service_id(ns)}};
  auto answers = (*client)->read_all(reads, limits);
  for (std::size_t i = 0; i < reads.size(); ++i) {
    if (!answers[i]) {
      if (answers[i].error().front().code == Code::forbidden) continue;
      return failure(std::move(answers[i].error()));
    }
    const auto& found = answers[i]->objects;
    if (!found.empty() && has_available_pod(found.front())) continue;
    const Readiness readiness = readiness_of(reads[i].id, found.empty() ? nullptr : &found.front());
    if (!readiness.ready()) return failure(not_ready(peer, reads[i].id, readiness.message));
  }
  return {};
}

Result<void> PeerGateways::ready(const std::string& peer, const kubernetes::CallLimits& limits) {
  std::shared_ptr<Answer> answer;
  {
    const std::lock_guard lock(mutex_);
    std::shared_ptr<Answer>& slot = answers_[peer];
    if (!slot) slot = std::make_shared<Answer>();
    answer = slot;
  }
  // The first asks, the others wait for its answer.
  const std::lock_guard lock(answer->mutex);
  if (!answer->known) {
    auto asked = ask(peer, limits);
    // A stop says nothing about the peer.
    if (!asked && asked.error().front().code == Code::cancelled) return asked;
    answer->known = true;
    if (!asked) answer->failure = std::move(asked.error());
  }
  if (!answer->failure.empty()) return failure(answer->failure);
  return {};
}

}  // namespace mesh::istio
