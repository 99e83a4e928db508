#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "providers/simulator/apiserver/registry/registry.h"
#include "providers/simulator/apiserver/request/reply.h"

namespace mesh::simulator {

/// What a server says of itself.
struct ServerFacts {
  std::string git_version = "v1.36.3";
  std::string address = "127.0.0.1:443";  // host:port as /api names it
  nlohmann::json key_set = nullptr;       // TokenSigner::key_set, for /openid/v1/jwks
};

/// A request that is for no resource.
struct DiscoveryRequest {
  std::string path;
  std::string accept = {};         // the header's text
  std::string if_none_match = {};  // the header's text: answered with 304 where the real server does
  bool verbose = false;            // ?verbose, of /healthz, /livez and /readyz
  std::string method = "GET";
};

/// The answer for /, /api, /apis/..., /version, /healthz, /livez, /readyz, /openapi/...,
/// /.well-known/openid-configuration. Nothing: not such a path; it is a resource, or not_served_reply answers.
std::optional<Reply> discovery_reply(const DiscoveryRequest& request, const Registry& registry,
                                     const ServerFacts& facts);

/// What is answered for a path of no resource that is served: a Status inside built-in group versions, else plain text.
Reply not_served_reply(const std::string& path, const Registry& registry);

/// 405, for a method that a resource does not have.
Reply method_not_allowed_reply();

}  // namespace mesh::simulator
