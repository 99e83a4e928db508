#include "providers/simulator/controllers/controllers.h"

#include <array>

namespace mesh::simulator {
namespace {

using Reconcile = void (*)(ClusterContext& context, const std::string& ns, const std::string& name);

/// In the order of ControllerKind.
constexpr std::array<Reconcile, 10> controllers = {
    reconcile_namespace, reconcile_token,         reconcile_deployment, reconcile_replica_set, reconcile_pod,
    reconcile_endpoints, reconcile_load_balancer, reconcile_autoscaler, reconcile_budget,      reconcile_role};
static_assert(controllers.size() == static_cast<std::size_t>(ControllerKind::role) + 1);

}  // namespace

void perform(ClusterContext& context, const Request& request) {
  controllers.at(static_cast<std::size_t>(request.controller))(context, request.ns, request.name);
}

}  // namespace mesh::simulator
