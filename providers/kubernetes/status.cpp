#include "providers/kubernetes/status.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/foreign_json.h"
#include "engine/base/json.h"
#include "providers/kubernetes/kubeconfig/redact.h"
#include "providers/kubernetes/retry_after.h"

namespace mesh::kubernetes {
namespace {

void read_details(const nlohmann::json& details, Status& status) {
  if (const nlohmann::json* seconds = member(&details, "retryAfterSeconds");
      seconds != nullptr && seconds->is_number_integer()) {
    const auto value = seconds->get<long long>();
    if (value > 0 && value < 1000000) status.retry_after_seconds = static_cast<int>(value);
  }
  for (const nlohmann::json& cause : list_at(details, {"causes"})) {
    if (!cause.is_object()) continue;
    status.causes.push_back(
        {.reason = text_at(cause, "reason"), .message = text_at(cause, "message"), .field = text_at(cause, "field")});
  }
}

}  // namespace

Status parse_status(const HttpResponse& answer) {
  Status status{.code = answer.status};
  const nlohmann::json body = foreign_json_or_discarded(answer.body);
  if (!body.is_object() || text_at(body, "kind") != "Status") return status;
  status.is_status = true;
  status.reason = text_at(body, "reason");
  status.message = text_at(body, "message");
  if (const nlohmann::json* details = member(&body, "details")) read_details(*details, status);
  return status;
}

std::vector<FieldConflict> field_conflicts(const Status& status) {
  std::vector<FieldConflict> conflicts;
  for (const Status::Cause& cause : status.causes) {
    if (cause.reason != "FieldManagerConflict") continue;
    // `conflict with "istio-operator" using apps/v1 at 2026-11-22T10:00:00Z`; the quotes are Go's %q.
    const auto open = cause.message.find('"');
    const auto close = open == std::string::npos ? open : cause.message.find('"', open + 1);
    std::string manager = close == std::string::npos ? cause.message : cause.message.substr(open + 1, close - open - 1);
    conflicts.push_back({.manager = redact(manager, 200), .field = redact(cause.field, 300)});
  }
  return conflicts;
}

bool is_schema_refusal(const Status& status) {
  // Only the words (kubernetes-facts 1.6) tell it from a passing failure of etcd, which comes as 500 without a reason
  // too.
  return status.code == 500 && (status.message.starts_with("failed to create typed patch object") ||
                                status.message.starts_with("failed to convert new object") ||
                                status.message.find("field not declared in schema") != std::string::npos);
}

std::optional<Retry> retry_of(const HttpResponse& answer, std::chrono::system_clock::time_point now) {
  const int code = answer.status;
  if (code != 429 && code != 500 && code != 502 && code != 503 && code != 504) return std::nullopt;
  const Status status = parse_status(answer);
  if (code == 500 && is_schema_refusal(status)) return std::nullopt;
  Retry retry{.why = fmt::format("the server answered {}", code)};
  if (const auto header = answer.headers.find("retry-after"); header != answer.headers.end()) {
    retry.after = parse_retry_after(header->second, now);
  }
  if (!retry.after && status.retry_after_seconds) retry.after = std::chrono::seconds(*status.retry_after_seconds);
  return retry;
}

std::optional<Retry> retry_of(const TransportError& error) {
  switch (error.fault) {
    case Fault::dns:
    case Fault::connect:
    case Fault::proxy:
      return Retry{.why = error.detail, .unreachable = true};
    case Fault::connect_timeout:
      return Retry{.why = "no connection in time", .unreachable = true};
    case Fault::timeout:
      return Retry{.why = "no answer in time", .fresh_connection = true};
    case Fault::reset:
      return Retry{.why = "the connection broke", .fresh_connection = true};
    case Fault::truncated:
      return Retry{.why = "the answer was cut short", .fresh_connection = true};
    default:
      return std::nullopt;
  }
}

}  // namespace mesh::kubernetes
