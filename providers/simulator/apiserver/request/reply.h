#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace mesh::simulator {

/// A whole answer.
struct Reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::map<std::string, std::string> headers;
};

/// `value` as the API server writes JSON: compact, with a newline at the end.
Reply json_reply(const nlohmann::json& value, int status = 200);

/// A failure as a Status object. `details` may be null. Shape: {kind Status, apiVersion v1, metadata {}, status
/// Failure, message, reason, details, code}.
nlohmann::json failure_status(int code, const std::string& reason, const std::string& message,
                              const nlohmann::json& details = nullptr);
Reply failure_reply(int code, const std::string& reason, const std::string& message,
                    const nlohmann::json& details = nullptr);

/// What is answered for a path that nobody serves: plain text, no Status.
Reply page_not_found();

}  // namespace mesh::simulator
