#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "providers/simulator/apiserver/discovery/discovery.h"

// The pieces that discovery_reply puts together.
namespace mesh::simulator {

/// {kind APIResourceList}: what /apis/G/V answers.
nlohmann::json resource_list(const Registry& registry, const std::string& group, const std::string& version);

/// {kind APIGroupDiscoveryList} of apidiscovery.k8s.io/`form` (v2 or v2beta1): /api when `core`, else /apis.
nlohmann::json aggregated_list(const Registry& registry, bool core, const std::string& form);

/// /healthz, /livez and /readyz, also /healthz/ping.
std::optional<Reply> health_reply(const DiscoveryRequest& request);

/// /openapi/v2 and /openapi/v3...
std::optional<Reply> openapi_reply(const DiscoveryRequest& request, const Registry& registry, const ServerFacts& facts);

/// First 8 bytes of a SHA-256, as discovery shows in which version a resource is stored.
std::string storage_version_hash(const ResourceInfo& resource);

/// Upper-case hex of a digest of the text, for ETags and the hashes of /openapi/v3.
std::string content_hash(const std::string& text);

}  // namespace mesh::simulator
