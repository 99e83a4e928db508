#include "providers/simulator/apiserver/discovery/resource_lists.h"

#include "engine/base/digest.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// Those that this version has: custom resources choose status and scale per version.
std::vector<Subresource> subresources_of(const ResourceInfo& resource, const VersionInfo& version) {
  std::vector<Subresource> found;
  for (const Subresource& one : resource.subresources) {
    if (resource.custom && one.name == "status" && !version.status) continue;
    found.push_back(one);
  }
  return found;
}

void add_names(json& entry, const ResourceInfo& resource) {
  if (!resource.short_names.empty()) entry["shortNames"] = resource.short_names;
  if (!resource.categories.empty()) entry["categories"] = resource.categories;
}

json subresource_entry(const ResourceInfo& resource, const Subresource& sub) {
  json entry = {{"name", resource.plural + "/" + sub.name},
                {"singularName", ""},
                {"namespaced", resource.namespaced},
                {"kind", sub.kind},
                {"verbs", sub.verbs}};
  if (!sub.group.empty()) entry["group"] = sub.group;
  if (!sub.version.empty()) entry["version"] = sub.version;
  return entry;
}

/// Built-in kinds leave group and version of their own group version empty.
json response_kind(const std::string& group, const std::string& version, const std::string& kind) {
  return {{"group", group}, {"version", version}, {"kind", kind}};
}

json aggregated_resource(const ResourceInfo& resource, const VersionInfo& version) {
  const std::string group = resource.custom ? resource.group : "";
  const std::string own_version = resource.custom ? version.name : "";
  json entry = {{"resource", resource.plural},
                {"responseKind", response_kind(group, own_version, resource.kind)},
                {"scope", resource.namespaced ? "Namespaced" : "Cluster"},
                {"singularResource", resource.singular},
                {"verbs", resource.verbs}};
  add_names(entry, resource);
  for (const Subresource& sub : subresources_of(resource, version)) {
    const bool foreign = !sub.version.empty();
    entry["subresources"].push_back(
        {{"subresource", sub.name},
         {"responseKind", response_kind(foreign ? sub.group : group, foreign ? sub.version : own_version, sub.kind)},
         {"verbs", sub.verbs}});
  }
  return entry;
}

json aggregated_group(const Registry& registry, const GroupInfo& group) {
  json versions = json::array();
  for (const std::string& version : group.versions) {
    json resources = json::array();
    for (const ResourceInfo* one : registry.resources(group.name, version)) {
      resources.push_back(aggregated_resource(*one, *one->version(version)));
    }
    versions.push_back({{"version", version}, {"resources", resources}, {"freshness", "Current"}});
  }
  json metadata = json::object();
  if (!group.name.empty()) metadata["name"] = group.name;
  return {{"metadata", metadata}, {"versions", versions}};
}

/// First 8 bytes of a SHA-256, as discovery shows in which version a resource is stored.
std::string storage_version_hash(const ResourceInfo& resource) {
  const std::string hex = sha256_hex(resource.group + "/" + resource.storage_version + "/" + resource.kind);
  std::string bytes;
  for (std::size_t i = 0; i < 16; i += 2) bytes.push_back(static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16)));
  return base64_encode(bytes);
}

}  // namespace

json resource_list(const Registry& registry, const std::string& group, const std::string& version) {
  json resources = json::array();
  for (const ResourceInfo* one : registry.resources(group, version)) {
    json entry = {{"name", one->plural},
                  {"singularName", one->singular},
                  {"namespaced", one->namespaced},
                  {"kind", one->kind},
                  {"verbs", one->verbs}};
    add_names(entry, *one);
    if (one->stored()) entry["storageVersionHash"] = storage_version_hash(*one);
    resources.push_back(std::move(entry));
    for (const Subresource& sub : subresources_of(*one, *one->version(version))) {
      resources.push_back(subresource_entry(*one, sub));
    }
  }
  json list = {{"kind", "APIResourceList"},
               {"groupVersion", group.empty() ? version : group + "/" + version},
               {"resources", resources}};
  // The core group is older than the field.
  if (!group.empty()) list["apiVersion"] = "v1";
  return list;
}

json aggregated_list(const Registry& registry, bool core) {
  json items = json::array();
  for (const GroupInfo& group : registry.groups()) {
    if (group.name.empty() == core) items.push_back(aggregated_group(registry, group));
  }
  return {{"kind", "APIGroupDiscoveryList"},
          {"apiVersion", "apidiscovery.k8s.io/v2"},
          {"metadata", json::object()},
          {"items", items}};
}

}  // namespace mesh::simulator
