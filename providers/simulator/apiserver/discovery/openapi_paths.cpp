#include <fmt/format.h>

#include "providers/simulator/apiserver/discovery/openapi_parts.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

json parameter(const char* name, const char* type, OpenApi dialect) {
  json made = {{"name", name}, {"in", "query"}, {"uniqueItems", true}};
  if (dialect == OpenApi::v2) {
    made["type"] = type;
  } else {
    made.erase("uniqueItems");
    made["schema"] = {{"type", type}, {"uniqueItems", true}};
  }
  return made;
}

json parameters_of(const std::string& action, OpenApi dialect) {
  json made = json::array();
  const auto add = [&](const char* name, const char* type) { made.push_back(parameter(name, type, dialect)); };
  if (action == "list") {
    for (const char* name : {"continue", "fieldSelector", "labelSelector", "resourceVersion"}) add(name, "string");
    add("limit", "integer");
    add("watch", "boolean");
  }
  if (action == "post" || action == "put" || action == "patch") {
    for (const char* name : {"dryRun", "fieldManager", "fieldValidation"}) add(name, "string");
  }
  if (action == "patch") add("force", "boolean");
  if (action == "delete") {
    for (const char* name : {"dryRun", "propagationPolicy"}) add(name, "string");
    add("gracePeriodSeconds", "integer");
  }
  return made;
}

json operation(const std::string& action, const json& kind, OpenApi dialect) {
  json made = {{"responses", {{"200", {{"description", "OK"}}}}},
               {"x-kubernetes-action", action},
               {"x-kubernetes-group-version-kind", kind}};
  if (json parameters = parameters_of(action, dialect); !parameters.empty()) {
    made["parameters"] = std::move(parameters);
  }
  return made;
}

void add_operations(json& item, const ResourceInfo& resource, const json& kind, bool one, OpenApi dialect) {
  const auto add = [&](const char* verb, const char* method, const char* action) {
    if (resource.has_verb(verb)) item[method] = operation(action, kind, dialect);
  };
  if (one) {
    add("get", "get", "get");
    add("update", "put", "put");
    add("patch", "patch", "patch");
    add("delete", "delete", "delete");
    return;
  }
  add("list", "get", "list");
  add("create", "post", "post");
  add("deletecollection", "delete", "deletecollection");
}

}  // namespace

json openapi_paths(const ResourceInfo& resource, const std::string& version, OpenApi dialect) {
  const json kind = {{"group", resource.group}, {"version", version}, {"kind", resource.kind}};
  const std::string base =
      (resource.group.empty() ? "/api/" : fmt::format("/apis/{}/", resource.group)) + version + "/";
  const std::string inside = resource.namespaced ? base + "namespaces/{namespace}/" : base;
  json paths = json::object();
  if (resource.namespaced && resource.has_verb("list")) {
    paths[base + resource.plural]["get"] = operation("list", kind, dialect);
  }
  add_operations(paths[inside + resource.plural], resource, kind, false, dialect);
  if (!resource.has_verb("get")) return paths;
  const std::string one = inside + resource.plural + "/{name}";
  add_operations(paths[one], resource, kind, true, dialect);
  return paths;
}

}  // namespace mesh::simulator
