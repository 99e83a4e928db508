#include "providers/simulator/apiserver/request/json_response.h"

namespace mesh::simulator {

using nlohmann::json;

std::string compact(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

ApiResponse json_response(const json& body, int status) { return {.status = status, .body = compact(body) + "\n"}; }

ApiResponse error_response(const ApiError& error) {
  ApiResponse response = json_response(to_status(error), error.code);
  if (error.details.is_object() && error.details.contains("retryAfterSeconds")) {
    response.headers.emplace("Retry-After", error.details["retryAfterSeconds"].dump());
  }
  return response;
}

ApiResponse text_response(std::string text, int status) {
  return {.status = status,
          .content_type = "text/plain; charset=utf-8",
          .headers = {{"X-Content-Type-Options", "nosniff"}},
          .body = std::move(text)};
}

ApiResponse page_not_found() { return text_response("404 page not found\n", 404); }

}  // namespace mesh::simulator
