#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "engine/port/clock.h"

namespace mesh::simulator {

/// One line of the audit log, without bodies.
struct AuditEntry {
  /// As RBAC names it: get, list, watch, create, update, patch, delete, deletecollection; lower-case method elsewhere.
  std::string verb;
  /// Path and query as sent.
  std::string request_uri;
  std::string user_agent;
  std::string user;
  /// "secrets", "deployments.apps", "pods/log"; empty outside the resources.
  std::string resource;
  std::string ns;
  std::string name;
  int code = 0;
};

struct ApiServerSettings {
  /// The cluster's name, for messages of people only.
  std::string name;
  /// Outlives the server.
  Clock* clock = nullptr;
  /// PEM of the authority that signed the server's certificate: ConfigMap kube-root-ca.crt, token Secrets.
  std::string ca_pem;
  /// A bearer token of a member of system:masters.
  std::string admin_token;
  std::string git_version = "v1.36.3";
  std::string service_range = "10.96.0.0/16";
  /// Changes kept per resource; a watch from before them gets 410.
  std::size_t event_window = 1000;
  /// Called after each request, without a lock held.
  std::function<void(const AuditEntry&)> audit;
};

}  // namespace mesh::simulator
