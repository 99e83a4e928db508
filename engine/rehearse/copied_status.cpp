#include "engine/rehearse/copied_status.h"

#include <fmt/format.h>

#include "engine/rehearse/copied_secret.h"
#include "providers/istio/desired/names.h"
#include "providers/istio/desired/object_readiness.h"

namespace mesh::rehearse {
namespace {

using simulator::FaultKind;

Diagnostic assumed_ready(const std::string& cluster, const std::string& missing) {
  return {.code = Code::incomplete,
          .severity = Severity::warning,
          .where = fmt::format("cluster {}", cluster),
          .summary = "rehearsal takes for ready what is not",
          .cause = missing,
          .hint = "what the rehearsal says of paths holds once it is ready"};
}

bool has_available_pod(const Object& deployment) {
  const auto* available = find_field(deployment.body, {"status", "availableReplicas"});
  return available != nullptr && available->is_number_integer() && available->get<std::int64_t>() > 0;
}

}  // namespace

StatusCopy status_of(const LiveState& live, const std::string& system_namespace) {
  StatusCopy copy;
  for (const auto& [name, state] : live.clusters) {
    if (!state.answered() || state.renamed_to() != nullptr) continue;
    for (const auto& [id, object] : state.found) {
      const bool of_gateway =
          id == istio::gateway_deployment_id(system_namespace) || id == istio::gateway_service_id(system_namespace);
      const bool of_istiod = id.kind == "Deployment" && text_of(object.body, "labels", "app") == "istiod";
      if (!of_gateway && !of_istiod) continue;
      const std::string missing = istio::readiness_of(id, &object).message;
      if (missing.empty()) continue;
      const bool service = id.kind == "Service";
      if (of_istiod || (!service && has_available_pod(object))) {
        copy.assumed.push_back(assumed_ready(name, missing));
        continue;
      }
      copy.kept.push_back({.id = id,
                           .fault = {.id = fmt::format("{}-{}", name, id.kind),
                                     .kind = service ? FaultKind::no_load_balancer : FaultKind::pods_not_ready,
                                     .cluster = name,
                                     .ns = id.ns,
                                     .name = id.name + (service ? "" : "-*")}});
    }
  }
  return copy;
}

StatusWatch::StatusWatch(Progress& next, simulator::FaultSet& faults, const Plan& plan,
                         const std::vector<CopiedStatus>& kept)
    : next_(next), faults_(faults) {
  for (const Action& action : plan.actions) {
    for (const ObjectChange& change : action.objects) {
      if (std::holds_alternative<KeepObject>(change.what)) continue;
      for (const CopiedStatus& one : kept) {
        if (one.fault.cluster == action.cluster && one.id == change.id) ending_.emplace(action.address, one.fault.id);
      }
    }
  }
}

void StatusWatch::started(const Address& address, Operation operation) {
  const auto [first, last] = ending_.equal_range(address);
  for (auto one = first; one != last; ++one) faults_.remove(one->second);
  next_.started(address, operation);
}

}  // namespace mesh::rehearse
