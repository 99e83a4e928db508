#include "providers/simulator/apiserver/discovery/discovery.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "providers/simulator/apiserver/discovery/openapi.h"
#include "providers/simulator/apiserver/discovery/resource_lists.h"
#include "providers/simulator/apiserver/request/accept.h"
#include "providers/simulator/apiserver/request/exchange.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

json group_entry(const GroupInfo& group) {
  json versions = json::array();
  for (const std::string& version : group.versions) {
    versions.push_back({{"groupVersion", group.name + "/" + version}, {"version", version}});
  }
  return {{"name", group.name}, {"preferredVersion", versions.front()}, {"versions", versions}};
}

ApiResponse groups_response(const DiscoveryRequest& request, const Registry& registry, bool core) {
  if (wants_aggregated_discovery(request.accept)) {
    ApiResponse response = json_response(aggregated_list(registry, core));
    response.content_type = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    return response;
  }
  if (core) {
    const json addresses = {{{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", request.address}}};
    return json_response(
        {{"kind", "APIVersions"}, {"versions", json::array({"v1"})}, {"serverAddressByClientCIDRs", addresses}});
  }
  json groups = json::array();
  for (const GroupInfo& group : registry.groups()) {
    if (!group.name.empty()) groups.push_back(group_entry(group));
  }
  return json_response({{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", groups}});
}

std::optional<ApiResponse> api_response(const std::vector<std::string>& parts, const DiscoveryRequest& request,
                                        const Registry& registry) {
  const bool core = parts[0] == "api";
  if (parts.size() == 1) return groups_response(request, registry, core);
  const std::string group = core ? "" : parts[1];
  const std::size_t depth = core ? 2 : 3;
  if (parts.size() == depth && registry.serves(group, parts.back())) {
    return json_response(resource_list(registry, group, parts.back()));
  }
  if (parts.size() >= depth) return std::nullopt;
  const auto found = std::ranges::find(registry.groups(), group, &GroupInfo::name);
  if (found == registry.groups().end()) return std::nullopt;
  json answer = group_entry(*found);
  answer["kind"] = "APIGroup";
  answer["apiVersion"] = "v1";
  return json_response(answer);
}

std::string digits(const std::string& text) {
  const auto end = std::ranges::find_if_not(text, [](unsigned char c) { return std::isdigit(c) != 0; });
  return {text.begin(), end};
}

ApiResponse version_response(const std::string& version) {
  const auto dot = version.find('.');
  const std::string minor = dot == std::string::npos ? "" : digits(version.substr(dot + 1));
  return json_response({{"major", version.empty() ? "" : digits(version.substr(1))},
                        {"minor", minor},
                        {"emulationMajor", "1"},
                        {"emulationMinor", minor},
                        {"minCompatibilityMajor", "1"},
                        {"minCompatibilityMinor", minor.empty() ? "" : std::to_string(std::stoi(minor) - 1)},
                        {"gitVersion", version},
                        {"gitCommit", "0000000000000000000000000000000000000000"},
                        {"gitTreeState", "clean"},
                        {"buildDate", "1970-01-01T00:00:00Z"},
                        {"goVersion", "go1.23.8"},
                        {"compiler", "gc"},
                        {"platform", "linux/amd64"}});
}

std::optional<ApiResponse> routed(const DiscoveryRequest& request, const Registry& registry) {
  const auto parts = path_parts(request.path);
  if (parts.empty() || request.path.find("//") != std::string::npos) return std::nullopt;
  if (parts[0] == "api" || parts[0] == "apis") return api_response(parts, request, registry);
  if (auto document = openapi_document(request.path, registry, request.git_version)) return json_response(*document);
  if (parts.size() > 1) return std::nullopt;
  if (parts[0] == "version") return version_response(request.git_version);
  if (parts[0] == "healthz" || parts[0] == "livez" || parts[0] == "readyz") return text_response("ok");
  return std::nullopt;
}

}  // namespace

ApiResponse discovery_response(const DiscoveryRequest& request, const Registry& registry) {
  auto response = routed(request, registry);
  if (!response) return not_served_response(request.path, registry);
  return request.method == "GET" || request.method == "HEAD" ? *response : error_response(method_not_allowed());
}

ApiResponse not_served_response(const std::string& path, const Registry& registry) {
  const auto parts = path_parts(path);
  const bool core = parts.size() > 1 && parts[0] == "api";
  const bool grouped = parts.size() > 2 && parts[0] == "apis";
  const auto is_builtin = [&](const ResourceInfo& one) { return !one.custom && one.group == parts[1]; };
  if (!core && !(grouped && std::ranges::any_of(registry.all(), is_builtin))) return page_not_found();
  return error_response(not_served());
}

}  // namespace mesh::simulator
