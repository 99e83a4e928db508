#include "providers/simulator/faults/request_facts.h"

#include <algorithm>
#include <vector>

#include "engine/base/lower_case.h"

namespace mesh::simulator {
namespace {

std::vector<std::string> parts_of(std::string_view path) {
  std::vector<std::string> parts;
  while (!path.empty()) {
    const auto end = path.find('/');
    if (end != 0) parts.emplace_back(path.substr(0, end));
    path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
  }
  return parts;
}

bool asks_to_watch(std::string_view query) {
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair == "watch" || pair == "watch=1" || pair == "watch=true") return true;
  }
  return false;
}

std::string verb_of(std::string_view method, bool one, bool watch) {
  if (method == "GET" || method == "HEAD") return one ? "get" : watch ? "watch" : "list";
  if (method == "POST") return "create";
  if (method == "PUT") return "update";
  if (method == "PATCH") return "patch";
  if (method == "DELETE") return one ? "delete" : "deletecollection";
  return {};
}

}  // namespace

bool RequestFacts::writes() const {
  return verb == "create" || verb == "update" || verb == "patch" || verb == "delete" || verb == "deletecollection";
}

RequestFacts request_facts(std::string_view method, std::string_view uri) {
  RequestFacts info;
  info.uri = uri;
  const auto mark = uri.find('?');
  const std::string_view query = mark == std::string_view::npos ? std::string_view() : uri.substr(mark + 1);
  auto parts = parts_of(uri.substr(0, mark));
  info.verb = lower_case(method);
  // /api/VERSION/… and /apis/GROUP/VERSION/…; anything shorter is discovery.
  const std::size_t prefix = parts.empty() ? 0 : parts[0] == "api" ? 2 : parts[0] == "apis" ? 3 : 0;
  if (prefix == 0 || parts.size() <= prefix) return info;
  if (prefix == 3) info.group = parts[1];
  info.version = parts[prefix - 1];
  parts.erase(parts.begin(), parts.begin() + static_cast<std::ptrdiff_t>(prefix));
  // A namespace is itself a resource; below it, but for its own subresources, stand those of the namespace.
  if (parts[0] == "namespaces" && parts.size() > 1) {
    info.ns = parts[1];
    if (parts.size() > 2 && parts[2] != "status" && parts[2] != "finalize")
      parts.erase(parts.begin(), parts.begin() + 2);
  }
  info.resource = parts[0];
  if (parts.size() > 1) info.name = parts[1];
  if (parts.size() > 2) info.subresource = parts[2];
  if (auto verb = verb_of(method, !info.name.empty(), asks_to_watch(query)); !verb.empty()) info.verb = std::move(verb);
  return info;
}

}  // namespace mesh::simulator
