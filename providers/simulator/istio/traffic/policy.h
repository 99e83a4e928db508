#pragma once

#include <string>

#include "providers/simulator/istio/traffic/control_plane.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

enum class ServerMode { disable, permissive, strict };

/// What PeerAuthentications of the cluster say for a workload: its port, else its own, else its namespace's, else the
/// mesh's; permissive when none says anything (istio-facts 6.11).
ServerMode server_mode(const Objects& objects, const ControlPlane& plane, const std::string& ns, const Labels& labels,
                       int port);

/// Whether a DestinationRule makes callers of the host leave mutual TLS out. `ns`: of the caller.
bool callers_speak_plainly(const Objects& objects, const ControlPlane& plane, const std::string& ns,
                           const std::string& host, const std::string& host_space);

/// Hosts that no other cluster is asked for: built in, or serviceSettings with clusterLocal (istio-facts 6.9).
bool is_cluster_local(const ControlPlane& plane, const std::string& host);

/// "*.local" or "*" or the host itself.
bool host_matches(const std::string& pattern, const std::string& host);

}  // namespace mesh::simulator
