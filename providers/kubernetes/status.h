#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "providers/kubernetes/transport/http.h"

namespace mesh::kubernetes {

/// What a Kubernetes `Status` says, read out of an answer that is none of 2xx. All texts are as they came: show them
/// only through `redact`.
struct Status {
  struct Cause {
    std::string reason;
    std::string message;
    std::string field;

    bool operator==(const Cause&) const = default;
  };
  /// Whether the body was a Status at all: a path that is not served answers 404 with plain text
  /// (kubernetes-facts 3.3).
  bool is_status = false;
  int code = 0;
  std::string reason = {};
  std::string message = {};
  std::vector<Cause> causes = {};
  std::optional<int> retry_after_seconds = std::nullopt;

  bool operator==(const Status&) const = default;
};

Status parse_status(const HttpResponse& answer);

/// A field that another manager holds, out of a cause `FieldManagerConflict` (kubernetes-facts 1.2).
struct FieldConflict {
  std::string manager;
  std::string field;

  bool operator==(const FieldConflict&) const = default;
};
/// Empty: the conflict is not about field managers.
std::vector<FieldConflict> field_conflicts(const Status& status);

/// Server-side apply could not read the object that it was sent: a field that the schema does not know, or a value of
/// the wrong type. The server calls that an internal error (500, without a reason), but the same object will not do
/// better.
bool is_schema_refusal(const Status& status);

/// Whether sending the same again may succeed, and why it has to be.
struct Retry {
  std::string why;
  /// What the server asked for.
  std::optional<std::chrono::milliseconds> after = std::nullopt;
  /// Nobody listens there: worth few tries only, since it rarely mends itself.
  bool unreachable = false;
  bool fresh_connection = false;

  bool operator==(const Retry&) const = default;
};
std::optional<Retry> retry_of(const HttpResponse& answer, std::chrono::system_clock::time_point now);
std::optional<Retry> retry_of(const TransportError& error);

}  // namespace mesh::kubernetes
