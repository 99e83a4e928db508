#include "providers/simulator/surface/discovery_parts.h"

namespace mesh::simulator {

using nlohmann::json;

std::optional<Reply> openapi_reply(const DiscoveryRequest& request, const Registry& /*registry*/,
                                   const ServerFacts& facts) {
  if (request.path == "/openapi/v3" || request.path == "/openapi/v3/") return json_reply({{"paths", json::object()}});
  if (request.path != "/openapi/v2") return std::nullopt;
  return json_reply({{"swagger", "2.0"},
                     {"info", {{"title", "Kubernetes"}, {"version", facts.git_version}}},
                     {"paths", json::object()},
                     {"definitions", json::object()}});
}

}  // namespace mesh::simulator
