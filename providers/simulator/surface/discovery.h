#pragma once

#include <optional>
#include <string>

#include "providers/simulator/surface/registry.h"
#include "providers/simulator/surface/reply.h"

namespace mesh::simulator {

/// What a server says of itself.
struct ServerFacts {
  std::string git_version = "v1.33.5";
  std::string address = "127.0.0.1:443";  // host:port as /api names it
};

/// The answer to a GET of anything that is no resource: /, /api, /apis/..., /version, /healthz, /livez, /readyz,
/// /openapi/...,
/// /.well-known/openid-configuration. Nothing: not such a path (page_not_found answers then, or a resource).
/// `path` has no query and `accept` is the header's text; `if_none_match` is the header of that name (304).
std::optional<Reply> discovery_reply(const std::string& path, const std::string& accept,
                                     const std::string& if_none_match, const Registry& registry,
                                     const ServerFacts& facts);

/// The same for a path that starts with /openapi/.
std::optional<Reply> openapi_reply(const std::string& path, const std::string& accept, const std::string& if_none_match,
                                   const Registry& registry, const ServerFacts& facts);

}  // namespace mesh::simulator
