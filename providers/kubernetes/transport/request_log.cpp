#include "providers/kubernetes/transport/request_log.h"

#include <map>

namespace mesh::kubernetes {
namespace {

nlohmann::ordered_json headers_of(const std::vector<std::string>& lines) {
  nlohmann::ordered_json headers = nlohmann::ordered_json::object();
  for (const std::string& line : lines) {
    const std::size_t colon = line.find(':');
    const std::size_t value = colon == std::string::npos ? colon : line.find_first_not_of(' ', colon + 1);
    headers[line.substr(0, colon)] = value == std::string::npos ? "" : line.substr(value);
  }
  return headers;
}

}  // namespace

void log_request(Log* log, const SentRequest& sent, const HttpResult* result) {
  if (!logs(log, LogLevel::requests)) return;
  nlohmann::ordered_json fields = {
      {"cluster", sent.cluster}, {"verb", sent.request.method}, {"path", sent.request.target}};
  const bool answered = result != nullptr && *result;
  if (answered) fields["status"] = (*result)->status;
  if (result != nullptr && !*result) fields["error"] = result->error().detail;
  fields["milliseconds"] = (answered ? (*result)->took : sent.took).count();
  fields["attempt"] = sent.attempt;
  fields["bytes_sent"] = sent.request.body.size();
  if (answered) fields["bytes"] = (*result)->body.size();
  const bool headers = logs(log, LogLevel::headers);
  if (headers) fields["request_headers"] = headers_of(sent.request.headers);
  if (headers && answered) fields["response_headers"] = (*result)->headers;
  log->write(LogLevel::requests, result == nullptr ? "watch" : "request", fields);
}

}  // namespace mesh::kubernetes
