#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/model/cluster_lock.h"
#include "engine/model/object.h"

namespace mesh::istio {

/// The Lease (coordination.k8s.io/v1) that locks a cluster for one mesh.
ObjectId lease_id(const std::string& ns, const std::string& mesh);

/// What is applied so that there is a Lease: it names no holder, and leaves the one that is there.
nlohmann::json lease_body(const ObjectId& id, const std::string& mesh);

/// A merge patch that makes `holder` the one of the Lease, as long as that is the version that was read. An empty `run`
/// takes the holder away and leaves the rest.
nlohmann::json lease_patch(const Object& lease, const LockHolder& holder, std::chrono::system_clock::time_point now);
/// The same that only says when it was renewed.
nlohmann::json renewal_patch(const Object& lease, std::chrono::system_clock::time_point now);

/// What the Lease says at `now`, a time by the clock of its API server, which is also the one that dates the renewals:
/// the times of managedFields. So no two machines need equal clocks. Nothing: it tells of no run.
std::optional<ClusterLock> lock_of(const Object& lease, std::chrono::system_clock::time_point now);

}  // namespace mesh::istio
