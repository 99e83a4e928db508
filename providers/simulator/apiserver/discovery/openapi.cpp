#include "providers/simulator/apiserver/discovery/openapi.h"

#include <fmt/format.h>

namespace mesh::simulator {
namespace {

using nlohmann::json;

const std::string root = "/openapi/v3";

std::string path_of(const std::string& group, const std::string& version) {
  return group.empty() ? "api/" + version : fmt::format("apis/{}/{}", group, version);
}

json patch_of(const ResourceInfo& resource, const std::string& version) {
  json parameters = json::array();
  for (const char* name : {"dryRun", "fieldManager", "fieldValidation", "force"}) {
    parameters.push_back({{"name", name}, {"in", "query"}, {"schema", {{"type", "string"}}}});
  }
  return {
      {"parameters", parameters},
      {"responses", {{"200", {{"description", "OK"}}}}},
      {"x-kubernetes-action", "patch"},
      {"x-kubernetes-group-version-kind", {{"group", resource.group}, {"version", version}, {"kind", resource.kind}}}};
}

json document_of(const Registry& registry, const std::string& group, const std::string& version,
                 const std::string& git_version) {
  json paths = json::object();
  for (const ResourceInfo* one : registry.resources(group, version)) {
    if (!one->has_verb("patch")) continue;
    const char* inside = one->namespaced ? "namespaces/{namespace}/" : "";
    paths[fmt::format("/{}/{}{}/{{name}}", path_of(group, version), inside, one->plural)]["patch"] =
        patch_of(*one, version);
  }
  return {{"openapi", "3.0.0"}, {"info", {{"title", "Kubernetes"}, {"version", git_version}}}, {"paths", paths}};
}

}  // namespace

std::optional<json> openapi_document(const std::string& path, const Registry& registry,
                                     const std::string& git_version) {
  json index = json::object();
  for (const GroupInfo& group : registry.groups()) {
    for (const std::string& version : group.versions) {
      const std::string own = path_of(group.name, version);
      const std::string url = fmt::format("{}/{}", root, own);
      if (path == url) return document_of(registry, group.name, version, git_version);
      index[own] = {{"serverRelativeURL", url}};
    }
  }
  if (path == root || path == root + "/") return json{{"paths", index}};
  return std::nullopt;
}

}  // namespace mesh::simulator
