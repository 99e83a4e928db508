#include "providers/simulator/apiserver/request/refusals.h"

#include <fmt/format.h>

#include <regex>

#include "providers/simulator/apiserver/handlers/present.h"
#include "providers/simulator/apiserver/request/accept.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

bool takes_body(const std::string& method) { return method == "POST" || method == "PUT"; }

// Go's way to write a duration.
bool is_duration(const std::string& text) {
  static const std::regex form(R"([-+]?(0|(\d+(\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h))+)");
  return std::regex_match(text, form);
}

}  // namespace

std::optional<ApiError> check_media_type(const Exchange& exchange) {
  if (!takes_body(exchange.request.method)) return std::nullopt;
  const std::string header = exchange.header("content-type");
  const std::string type = header.substr(0, header.find(';'));
  if (type.empty() || type == "application/json" || type == "application/yaml") return std::nullopt;
  return ApiError{.code = 415,
                  .reason = "UnsupportedMediaType",
                  .message =
                      "the body of the request was in an unknown format - accepted media types include: "
                      "application/json, application/yaml, application/vnd.kubernetes.protobuf"};
}

ApiError unsupported_verb(const Exchange& exchange) {
  ApiError error = method_not_allowed();
  if (!exchange.resource->custom) return error;
  const std::string verb = exchange.resource->has_verb(exchange.info.verb) ? exchange.info.verb : "";
  error.message =
      fmt::format("{} is not supported on resources of kind \"{}\"", verb, resource_text(exchange.resource->name()));
  error.details = {{"group", exchange.resource->group}, {"kind", exchange.resource->plural}};
  return error;
}

std::optional<ApiError> check_timeout(const Exchange& exchange) {
  const auto given = exchange.request.query.find("timeout");
  if (given == exchange.request.query.end() || given->second.empty() || is_duration(given->second)) return std::nullopt;
  return bad_request(fmt::format("invalid timeout specified in the request URL - time: invalid duration {}",
                                 json(given->second).dump()));
}

ApiResponse unacceptable(const Exchange& exchange) {
  ApiResponse response = from_reply(unacceptable_reply(exchange.header("accept")));
  const bool many = exchange.info.verb == "list" || exchange.info.verb == "watch";
  if (!many && !exchange.resource->custom) return response;
  json status = json::parse(response.body, nullptr, false);
  if (!status.is_object() || !status.contains("message")) return response;
  std::string message = status["message"].get<std::string>();
  if (exchange.resource->custom) {
    status.erase("details");
    message =
        "only the following media types are accepted: application/json, application/yaml, "
        "application/vnd.kubernetes.protobuf";
  } else if (message.starts_with("406")) {
    message += ", application/json;stream=watch, application/vnd.kubernetes.protobuf;stream=watch";
  }
  status["message"] = message;
  response.body = status.dump(2);
  return response;
}

std::string accepted_types(const Exchange& exchange) {
  std::string types = exchange.header("accept");
  if (!exchange.resource->custom) return types;
  const std::string half = "application/*";
  for (auto at = types.find(half); at != std::string::npos; at = types.find(half))
    types.replace(at, half.size(), "*/*");
  return types;
}

}  // namespace mesh::simulator
