#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "providers/simulator/controllers/cluster_context.h"

namespace mesh::simulator {

/// Brings the object of the request one step nearer to what it asks for. Nothing to do when it is gone.
void perform(ClusterContext& context, const Request& request);

// One function per controller, each in a file of its own.
void reconcile_namespace(ClusterContext& context, const std::string& ns, const std::string& name);
void reconcile_token(ClusterContext& context, const std::string& ns, const std::string& name);
void reconcile_deployment(ClusterContext& context, const std::string& ns, const std::string& name);
void reconcile_replica_set(ClusterContext& context, const std::string& ns, const std::string& name);
void reconcile_pod(ClusterContext& context, const std::string& ns, const std::string& name);
void reconcile_endpoints(ClusterContext& context, const std::string& ns, const std::string& name);
void reconcile_load_balancer(ClusterContext& context, const std::string& ns, const std::string& name);
void reconcile_autoscaler(ClusterContext& context, const std::string& ns, const std::string& name);
void reconcile_budget(ClusterContext& context, const std::string& ns, const std::string& name);
/// A ClusterRole that is the sum of others.
void reconcile_role(ClusterContext& context, const std::string& ns, const std::string& name);

/// The root that istiod found when its pod started: cacerts, or what it made itself. Later changes need a restart.
void choose_root(ClusterContext& context, const nlohmann::json& istiod_pod);

/// ReplicaSets that the Deployment controls.
std::vector<ObjectPtr> replica_sets_of(const ClusterContext& context, const nlohmann::json& deployment);
/// Pods that a ReplicaSet controls and that are not going away.
std::vector<ObjectPtr> pods_of(const ClusterContext& context, const nlohmann::json& replica_set);
/// How many of its pods are on their way out.
std::int64_t terminating_pods_of(const ClusterContext& context, const nlohmann::json& replica_set);
/// The hash of a pod template, as Deployments label their ReplicaSets with.
std::string template_hash(const nlohmann::json& pod_template);
/// Writes what the Deployment's pods are, given its ReplicaSets, and `notes` as annotations.
void report_deployment(ClusterContext& context, const nlohmann::json& deployment, const std::vector<ObjectPtr>& sets,
                       const nlohmann::json* current, const nlohmann::json& notes);
/// "25%" of a number or a number, rounded up or down.
std::int64_t share_of(const nlohmann::json* value, std::int64_t of, bool up);

}  // namespace mesh::simulator
