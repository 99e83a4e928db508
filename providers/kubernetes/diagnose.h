#pragma once

#include <string>

#include "engine/base/diagnostic.h"
#include "engine/model/object.h"
#include "providers/kubernetes/transport/http.h"

namespace mesh::kubernetes {

/// What was tried, for messages.
struct Attempt {
  std::string cluster = {};
  std::string server = {};
  /// `read`, `list`, `apply`, `patch`, `delete`, `watch`, `dial`, `exec`.
  std::string verb = {};
  /// Empty name: a list; empty kind: no object at all (`/version`).
  ObjectId id = {};
  /// How this user logs in: `exec plugin \`aws\``, `token file X`; empty: static credentials.
  std::string login = {};
  bool through_proxy = false;
  int tries = 1;
};

/// `cluster dc1: Service istio-system/x`.
std::string where_of(const Attempt& attempt);

/// Why there was no answer: unreachable, timed_out, tls_failed, malformed_answer, cancelled.
Diagnostic diagnose(const TransportError& error, const Attempt& attempt);

/// Why an answer that is not 2xx is a failure: unauthorized, forbidden, not_found, not_served, conflict,
/// field_conflict, rejected, too_many_requests, server_error, malformed_answer. Of a Secret, the server's words are
/// left out where they may quote its values.
Diagnostic diagnose(const HttpResponse& answer, const Attempt& attempt);

}  // namespace mesh::kubernetes
