#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/model/checks/verification.h"

namespace mesh::istio {

/// Who answered a call of HelloWorld: `Hello version: v1, instance: helloworld-v1-…`.
struct HelloAnswer {
  std::string version;
  /// The pod.
  std::string instance;

  bool operator==(const HelloAnswer&) const = default;
};
std::optional<HelloAnswer> parse_hello(std::string_view text);

/// An endpoint as a sidecar sees it.
struct ProxyEndpoint {
  std::string address;
  int port = 0;
  /// Connections that could not be made.
  long connect_failures = 0;

  bool operator==(const ProxyEndpoint&) const = default;
};
/// The endpoints of one service out of Envoy's `clusters` page. `host`: what the names of its clusters end in.
std::vector<ProxyEndpoint> parse_proxy_endpoints(std::string_view page, std::string_view host);

/// What is known of a path on which no answer came. What could not be asked is nothing.
struct PathEvidence {
  std::string from = {};
  std::string to = {};
  /// What istiod calls the two clusters.
  std::string from_id = {};
  std::string to_id = {};
  /// Of HelloWorld: `helloworld.NS.svc.cluster.local`.
  std::string host = {};
  /// Pods of `from` and `to` have a sidecar.
  bool from_injected = true;
  bool to_injected = true;
  /// /debug/endpointShardz of the istiod of `from`.
  std::optional<nlohmann::json> shards = std::nullopt;
  /// What the sidecar of the caller dials.
  std::optional<std::vector<ProxyEndpoint>> endpoints = std::nullopt;
  /// Addresses of HelloWorld's pods in `from` and `to`.
  std::set<std::string> from_pods = {};
  std::set<std::string> to_pods = {};
  /// Of the gateway of `to`: pods that are available.
  std::optional<int> gateway_pods = std::nullopt;
  /// What failed calls printed.
  std::string errors = {};
};

/// The decision list of istio-facts 9.
VerificationFinding judge_path(const PathEvidence& evidence);

}  // namespace mesh::istio
