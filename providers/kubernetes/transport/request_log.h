#pragma once

#include <chrono>
#include <string>

#include "engine/port/log.h"
#include "providers/kubernetes/transport/transport.h"

namespace mesh::kubernetes {

/// One request that was sent.
struct SentRequest {
  const std::string& cluster;
  const HttpRequest& request;
  /// From 1.
  int attempt = 1;
  /// Of a request without an answer; an answer knows its time.
  std::chrono::milliseconds took{0};
};

/// An entry of the level `requests`, with headers at the level `headers`. `result`: null for a stream, whose answer is
/// still to come.
void log_request(Log* log, const SentRequest& sent, const HttpResult* result);

}  // namespace mesh::kubernetes
