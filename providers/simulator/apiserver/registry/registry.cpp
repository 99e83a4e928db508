#include "providers/simulator/apiserver/registry/registry.h"

#include <algorithm>
#include <cctype>
#include <tuple>

#include "providers/simulator/apiserver/registry/custom_resource.h"
#include "providers/simulator/apiserver/registry/served_data.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

std::string group_of(const std::string& group_version) {
  const auto slash = group_version.find('/');
  return slash == std::string::npos ? "" : group_version.substr(0, slash);
}

std::string version_of(const std::string& group_version) {
  const auto slash = group_version.find('/');
  return slash == std::string::npos ? group_version : group_version.substr(slash + 1);
}

std::vector<std::string> texts(const json& entry, const char* key) {
  return entry.value(key, std::vector<std::string>{});
}

ResourceInfo* same_resource(std::vector<ResourceInfo>& all, const std::string& group, const std::string& plural) {
  for (ResourceInfo& one : all) {
    if (one.group == group && one.plural == plural) return &one;
  }
  return nullptr;
}

Subresource subresource_of(const json& entry, const std::string& name) {
  return {name, entry.value("group", ""), entry.value("version", ""), entry.value("kind", ""), texts(entry, "verbs")};
}

ResourceInfo resource_of(const json& entry) {
  ResourceInfo made;
  made.group = group_of(entry.at("groupVersion"));
  made.kind = entry.at("kind");
  made.list_kind = made.kind + "List";
  made.plural = entry.at("name");
  made.singular = entry.at("singularName");
  made.namespaced = entry.at("namespaced");
  made.short_names = texts(entry, "shortNames");
  made.categories = texts(entry, "categories");
  made.verbs = texts(entry, "verbs");
  return made;
}

std::vector<ResourceInfo> read_builtin() {
  std::vector<ResourceInfo> all;
  for (const json& entry : served_data("resources")) {
    const std::string group_version = entry.at("groupVersion");
    const std::string name = entry.at("name");
    const auto slash = name.find('/');
    ResourceInfo* known = same_resource(all, group_of(group_version), name.substr(0, slash));
    if (slash != std::string::npos) {
      const std::string sub = name.substr(slash + 1);
      if (known->subresource(sub) == nullptr) known->subresources.push_back(subresource_of(entry, sub));
      continue;
    }
    if (known == nullptr) known = &all.emplace_back(resource_of(entry));
    known->versions.push_back({.name = version_of(group_version)});
    if (known->storage_version.empty()) known->storage_version = known->versions.front().name;
  }
  return all;
}

/// Shared by all registries.
const std::vector<ResourceInfo>& builtin_resources() {
  static const std::vector<ResourceInfo> all = read_builtin();
  return all;
}

}  // namespace

std::vector<json> mesh_definitions() {
  const json all = served_data("definitions");
  return {all.begin(), all.end()};
}

Registry::Registry(const std::vector<ObjectPtr>& definitions) : all_(builtin_resources()) {
  std::vector<ResourceInfo> custom;
  for (const ObjectPtr& definition : definitions) {
    if (auto made = custom_resource(*definition)) custom.push_back(std::move(*made));
  }
  std::ranges::sort(custom, {}, [](const ResourceInfo& one) { return std::tie(one.group, one.plural); });
  for (ResourceInfo& one : custom) {
    if (same_resource(all_, one.group, one.plural) == nullptr) all_.push_back(std::move(one));
  }
  for (std::size_t i = 0; i < all_.size(); ++i) by_name_[all_[i].name()] = i;
  add_groups();
}

void Registry::add_groups() {
  for (const ResourceInfo& one : all_) {
    auto group = std::ranges::find(groups_, one.group, &GroupInfo::name);
    if (group == groups_.end()) group = groups_.insert(groups_.end(), GroupInfo{one.group, {}});
    for (const VersionInfo& version : one.versions) {
      if (std::ranges::find(group->versions, version.name) == group->versions.end()) {
        group->versions.push_back(version.name);
      }
    }
    std::ranges::stable_sort(group->versions, newer_version);
  }
}

const ResourceInfo* Registry::find(const ResourceName& name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &all_[found->second];
}

const ResourceInfo* Registry::find(std::string_view group, std::string_view version, std::string_view plural) const {
  const ResourceInfo* found = find(ResourceName{std::string(group), std::string(plural)});
  return found != nullptr && found->version(version) != nullptr ? found : nullptr;
}

const ResourceInfo* Registry::find_kind(std::string_view group, std::string_view version, std::string_view kind) const {
  for (const ResourceInfo& one : all_) {
    if (one.group == group && one.kind == kind && one.version(version) != nullptr) return &one;
  }
  return nullptr;
}

bool Registry::serves(std::string_view group, std::string_view version) const {
  const auto found = std::ranges::find(groups_, group, &GroupInfo::name);
  return found != groups_.end() && std::ranges::find(found->versions, version) != found->versions.end();
}

std::vector<const ResourceInfo*> Registry::resources(std::string_view group, std::string_view version) const {
  std::vector<const ResourceInfo*> found;
  for (const ResourceInfo& one : all_) {
    if (one.group == group && one.version(version) != nullptr) found.push_back(&one);
  }
  return found;
}

}  // namespace mesh::simulator
