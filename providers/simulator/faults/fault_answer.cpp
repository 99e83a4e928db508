#include "providers/simulator/faults/fault_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mesh::simulator {
namespace {

using nlohmann::ordered_json;

/// A Status as the API server writes it, keys in its order.
FaultAnswer status(int code, const char* reason, const std::string& message, ordered_json details = nullptr) {
  ordered_json body = {{"kind", "Status"},    {"apiVersion", "v1"}, {"metadata", ordered_json::object()},
                       {"status", "Failure"}, {"message", message}, {"reason", reason}};
  if (!details.is_null()) body["details"] = std::move(details);
  body["code"] = code;
  return {.status = code, .body = body.dump() + "\n"};
}

FaultAnswer too_many(const Fault& fault) {
  const auto seconds = std::max<long>(1, std::chrono::ceil<std::chrono::seconds>(fault.delay).count());
  // Written before there is a Status to write: plain text (apiserver, filters/maxinflight.go).
  return {.status = 429,
          .headers = {{"retry-after", std::to_string(seconds)}},
          .content_type = "text/plain; charset=utf-8",
          .body = "Too many requests, please try again later.\n"};
}

FaultAnswer forbidden(const Fault& fault, const RequestFacts& request, const std::string& user) {
  if (request.resource.empty()) {
    const std::string path = request.uri.substr(0, request.uri.find('?'));
    const std::string message = fmt::format("forbidden: User \"{}\" cannot {} path \"{}\"", user, request.verb, path);
    return status(403, "Forbidden", message, ordered_json::object());
  }
  const std::string resource =
      request.subresource.empty() ? request.resource : request.resource + "/" + request.subresource;
  const std::string qualified = request.group.empty() ? request.resource : request.resource + "." + request.group;
  std::string message = fmt::format(
      "{}{} is forbidden: User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {}", qualified,
      request.name.empty() ? "" : fmt::format(" \"{}\"", request.name), user, request.verb, resource, request.group,
      request.ns.empty() ? std::string("at the cluster scope") : fmt::format("in the namespace \"{}\"", request.ns));
  if (!fault.message.empty()) message += ": " + fault.message;
  ordered_json details = ordered_json::object();
  if (!request.name.empty()) details["name"] = request.name;
  if (!request.group.empty()) details["group"] = request.group;
  details["kind"] = request.resource;
  return status(403, "Forbidden", message, std::move(details));
}

FaultAnswer denied(const Fault& fault) {
  // The words of the admission plugin for webhooks (apiserver, plugin/webhook/errors/statuserror.go); without a code of
  // its own a webhook's refusal is 400.
  const std::string said = fault.message.empty() ? "denied by the policy of this cluster" : fault.message;
  FaultAnswer answer = status(
      400, "BadRequest", fmt::format("admission webhook \"policy.simulator.example\" denied the request: {}", said));
  return answer;
}

}  // namespace

std::optional<FaultAnswer> answer_of(const Fault& fault, const RequestFacts& request, const std::string& user) {
  switch (fault.kind) {
    case FaultKind::too_many_requests:
      return too_many(fault);
    case FaultKind::error_500:
      return status(500, "InternalError", "Internal error occurred: etcdserver: request timed out",
                    {{"causes", {{{"message", "etcdserver: request timed out"}}}}});
    case FaultKind::error_503:
      return status(503, "ServiceUnavailable", "apiserver is shutting down");
    case FaultKind::unauthorized:
      return status(401, "Unauthorized", "Unauthorized");
    case FaultKind::forbidden:
      return forbidden(fault, request, user);
    case FaultKind::admission:
      return denied(fault);
    default:
      return std::nullopt;
  }
}

}  // namespace mesh::simulator
