#pragma once

#include <string>

#include "providers/simulator/apiserver/registry/registry.h"
#include "providers/simulator/apiserver/request/json_response.h"

namespace mesh::simulator {

/// A request that is for no resource, and what the server says of itself.
struct DiscoveryRequest {
  std::string path;
  std::string accept{};  // the header's text
  std::string method = "GET";
  std::string git_version = "v1.36.3";
  std::string address = "127.0.0.1:443";  // host:port as /api names it
};

/// The answer for /api, /apis/..., /version, /healthz, /livez, /readyz, /openapi/v3...; of other paths 404, as
/// not_served_response has it.
ApiResponse discovery_response(const DiscoveryRequest& request, const Registry& registry);

/// 404 for a path of no resource that is served: a Status inside built-in group versions, else plain text.
ApiResponse not_served_response(const std::string& path, const Registry& registry);

}  // namespace mesh::simulator
