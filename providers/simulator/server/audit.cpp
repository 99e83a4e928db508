#include "providers/simulator/server/audit.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "engine/base/digest.h"
#include "providers/simulator/faults/request_facts.h"

namespace mesh::simulator {
namespace {

std::string base64url_decoded(std::string text) {
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return base64_decode(text).value_or("");
}

std::string stamp(std::chrono::system_clock::time_point when) {
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(when.time_since_epoch()).count();
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:06}Z", fmt::gmtime(static_cast<std::time_t>(micros / 1000000)),
                     micros % 1000000);
}

std::string header_of(const ApiRequest& request, const char* name) {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? std::string() : found->second;
}

nlohmann::ordered_json object_of(const RequestFacts& facts) {
  nlohmann::ordered_json object = {{"resource", facts.resource}};
  if (!facts.ns.empty()) object["namespace"] = facts.ns;
  if (!facts.name.empty()) object["name"] = facts.name;
  if (!facts.group.empty()) object["apiGroup"] = facts.group;
  object["apiVersion"] = facts.version;
  if (!facts.subresource.empty()) object["subresource"] = facts.subresource;
  return object;
}

}  // namespace

std::string claimed_user(const ApiRequest& request, const std::string& admin_token) {
  constexpr std::string_view bearer = "Bearer ";
  const std::string header = header_of(request, "authorization");
  if (!header.starts_with(bearer)) return "system:anonymous";
  const std::string token = header.substr(bearer.size());
  if (token == admin_token) return "kubernetes-admin";
  const auto first = token.find('.');
  if (first == std::string_view::npos) return {};
  const auto rest = token.substr(first + 1);
  const auto claims = nlohmann::json::parse(base64url_decoded(rest.substr(0, rest.find('.'))), nullptr, false);
  return claims.is_object() && claims.contains("sub") && claims["sub"].is_string() ? claims["sub"].get<std::string>()
                                                                                   : std::string();
}

std::string audit_line(const IncomingRequest& incoming, const std::string& user, int status, std::size_t bytes,
                       RequestHandler::Progress stage, std::chrono::system_clock::time_point now) {
  const RequestFacts facts = request_facts(incoming.request.method, incoming.target.uri);
  nlohmann::ordered_json event = {
      {"kind", "Event"},
      {"apiVersion", "audit.k8s.io/v1"},
      {"level", "Metadata"},
      {"stage", stage == RequestHandler::Progress::started ? "ResponseStarted" : "ResponseComplete"},
      {"requestURI", incoming.target.uri},
      {"verb", facts.verb}};
  event["user"] = nlohmann::ordered_json::object();
  if (!user.empty()) event["user"]["username"] = user;
  event["sourceIPs"] = {incoming.request.remote_address};
  event["userAgent"] = header_of(incoming.request, "user-agent");
  if (!facts.resource.empty()) event["objectRef"] = object_of(facts);
  event["responseStatus"] = {{"metadata", nlohmann::ordered_json::object()}, {"code", status}};
  event["requestReceivedTimestamp"] = stamp(incoming.at);
  event["stageTimestamp"] = stamp(now);
  event["annotations"] = {{"simulator.bytes", std::to_string(bytes)}};
  return event.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

AuditLog::~AuditLog() {
  for (const auto& [cluster, file] : files_) {
    if (file.descriptor >= 0) ::close(file.descriptor);
  }
}

AuditLog::File AuditLog::open(const std::string& cluster) const {
  const auto path = folder_ / (cluster + ".audit.log");
  return {.descriptor = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600)};
}

AuditLog::File& AuditLog::file_of(const std::string& cluster) {
  const auto found = files_.find(cluster);
  if (found != files_.end()) return found->second;
  return files_.emplace(cluster, open(cluster)).first->second;
}

void AuditLog::write(const std::string& cluster, const std::string& line) {
  if (folder_.empty()) return;
  const std::lock_guard lock(mutex_);
  File& file = file_of(cluster);
  if (file.bytes > 0 && file.bytes + line.size() > limit_) {
    ::close(file.descriptor);
    const auto path = folder_ / (cluster + ".audit.log");
    std::error_code failed;
    std::filesystem::rename(path, path.string() + ".1", failed);
    file = open(cluster);
  }
  if (file.descriptor < 0) return;
  const ssize_t written = ::write(file.descriptor, line.data(), line.size());
  if (written > 0) file.bytes += static_cast<std::size_t>(written);
}

}  // namespace mesh::simulator
