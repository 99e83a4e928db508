#include "providers/simulator/apiserver/registry/resource_info.h"

#include <algorithm>

namespace mesh::simulator {

std::string ResourceInfo::api_version(std::string_view version) const {
  return group.empty() ? std::string(version) : group + "/" + std::string(version);
}

const VersionInfo* ResourceInfo::version(std::string_view name) const {
  for (const VersionInfo& one : versions) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

const Subresource* ResourceInfo::subresource(std::string_view name) const {
  for (const Subresource& one : subresources) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

bool ResourceInfo::has_verb(std::string_view verb) const { return std::ranges::find(verbs, verb) != verbs.end(); }

}  // namespace mesh::simulator
