#pragma once

#include <nlohmann/json.hpp>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apiserver/request/message.h"

namespace mesh::simulator {

/// What a handler gives: an answer, or why the request is refused.
using Answer = ApiResult<ApiResponse>;

/// JSON as the API server writes it: compact, with a newline at the end; bytes that are not UTF-8 are replaced.
std::string compact(const nlohmann::json& value);
ApiResponse json_response(const nlohmann::json& body, int status = 200);
/// The Status of a refusal.
ApiResponse error_response(const ApiError& error);
ApiResponse text_response(std::string text, int status = 200);
/// What is answered for a path that nothing serves: plain text, no Status.
ApiResponse page_not_found();

}  // namespace mesh::simulator
