#include "providers/simulator/apiserver/request/reply.h"

namespace mesh::simulator {

using nlohmann::json;

Reply json_reply(const json& value, int status) {
  Reply reply;
  reply.status = status;
  reply.body = value.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
  return reply;
}

json failure_status(int code, const std::string& reason, const std::string& message, const json& details) {
  json status = {{"kind", "Status"},    {"apiVersion", "v1"}, {"metadata", json::object()},
                 {"status", "Failure"}, {"message", message}, {"code", code}};
  if (!reason.empty()) status["reason"] = reason;
  if (!details.is_null()) status["details"] = details;
  return status;
}

Reply failure_reply(int code, const std::string& reason, const std::string& message, const json& details) {
  return json_reply(failure_status(code, reason, message, details), code);
}

Reply page_not_found() {
  Reply reply;
  reply.status = 404;
  reply.content_type = "text/plain; charset=utf-8";
  reply.body = "404 page not found\n";
  reply.headers = {{"X-Content-Type-Options", "nosniff"}};
  return reply;
}

}  // namespace mesh::simulator
