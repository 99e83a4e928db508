#include "providers/simulator/apiserver/request/request_info.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>
#include <vector>

#include "engine/base/lower_case.h"

namespace mesh::simulator {
namespace {

std::string verb_of(const std::string& method) {
  if (method == "GET" || method == "HEAD") return "get";
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return "delete";
  return "";
}

std::string value(const std::multimap<std::string, std::string>& query, const char* key) {
  const auto found = query.find(key);
  return found == query.end() ? "" : found->second;
}

/// The name of a field selector that pins one object.
std::string selected_name(const std::multimap<std::string, std::string>& query) {
  const std::string selector = value(query, "fieldSelector");
  constexpr std::string_view key = "metadata.name=";
  std::size_t at = selector.rfind(key, 0) == 0 ? 0 : selector.find("," + std::string(key));
  if (at == std::string::npos) return "";
  if (at > 0) ++at;
  at += key.size();
  if (at < selector.size() && selector[at] == '=') ++at;
  return selector.substr(at, selector.find(',', at) - at);
}

void read_resource(RequestInfo& info, std::vector<std::string> rest) {
  constexpr std::array<std::string_view, 2> of_namespaces = {"status", "finalize"};
  if (rest.size() > 1 && rest[0] == "namespaces") {
    info.ns = rest[1];
    // namespaces/NAME/RESOURCE unless the third part is a subresource of the namespace itself.
    if (rest.size() > 2 && std::ranges::find(of_namespaces, rest[2]) == of_namespaces.end()) {
      rest.erase(rest.begin(), rest.begin() + 2);
    }
  }
  if (!rest.empty()) info.resource = rest[0];
  if (rest.size() > 1) info.name = rest[1];
  if (rest.size() > 2) info.subresource = rest[2];
}

void name_verb(RequestInfo& info, const std::multimap<std::string, std::string>& query) {
  const std::string watch = lower_case(value(query, "watch"));
  if (info.name.empty() && info.verb == "get") {
    info.verb = query.contains("watch") && watch != "false" && watch != "0" ? "watch" : "list";
  }
  if ((info.verb == "list" || info.verb == "watch" || info.verb == "delete") && info.name.empty()) {
    if (info.verb == "delete") info.verb = "deletecollection";
    info.name = selected_name(query);
  }
}

}  // namespace

std::vector<std::string> path_parts(const std::string& path) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at < path.size()) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    if (end > at) parts.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

RequestInfo request_info(const std::string& method, const std::string& path,
                         const std::multimap<std::string, std::string>& query) {
  RequestInfo info;
  info.path = path;
  info.verb = lower_case(method);
  // The router knows no empty part.
  if (path.find("//") != std::string::npos) return info;
  std::vector<std::string> parts = path_parts(path);
  if (parts.size() < 3 || (parts[0] != "api" && parts[0] != "apis")) return info;
  if (parts[0] == "apis" && parts.size() < 4) return info;
  info.prefix = parts[0];
  if (info.prefix == "apis") {
    info.group = parts[1];
    parts.erase(parts.begin() + 1);
  }
  info.version = parts[1];
  parts.erase(parts.begin(), parts.begin() + 2);
  info.resource_request = true;
  info.verb = verb_of(method);
  read_resource(info, std::move(parts));
  name_verb(info, query);
  return info;
}

}  // namespace mesh::simulator
