#pragma once

#include <set>
#include <string>
#include <vector>

#include "engine/model/checks/check.h"
#include "engine/model/live_state.h"
#include "engine/model/spec.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// The questions to every cluster, the same whatever the number of peers. Secrets as metadata only.
std::vector<kubernetes::Read> reads_of(const MeshSpec& mesh);

/// The questions for what carries the labels of this mesh, as metadata: in all namespaces, or in one. Namespaces that
/// have a network as well, for these carry no label of ours. Of the system namespace all Secrets are read anyway.
std::vector<kubernetes::Read> searches_of(const MeshSpec& mesh, const std::string& ns = "");

/// What is known of a cluster without asking it.
void report_access(ClusterState& state, const kubernetes::Client& client);

/// Asks them all at once, with the version: 24 requests; two or three more where Gateway is not served in its newest
/// version, six more where the account may not list all namespaces; more only for further pages of Secrets. `state`
/// comes with its name; what failed is said in it. Where `checks` is
/// given, six lists more, for the checks of a plan.
void read_cluster(ClusterState& state, CheckReading* checks, const MeshSpec& mesh, kubernetes::Client& client,
                  const kubernetes::CallLimits& limits);

/// Adds those of the recorded objects that `state` does not know yet: of another namespace, or with another name than
/// now. Secrets as one list a namespace. Where not all namespaces could be searched, those of the objects are.
void read_recorded(ClusterState& state, const MeshSpec& mesh, const std::set<ObjectId>& recorded,
                   kubernetes::Client& client, const kubernetes::CallLimits& limits);

}  // namespace mesh::istio
