#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "providers/simulator/apiserver/registry/resource_name.h"

namespace mesh::simulator {

/// `pods/log`, `deployments/scale`. group, version and kind are of the objects it takes; empty group and version: those
/// of the resource itself.
struct Subresource {
  std::string name;
  std::string group, version, kind;
  std::vector<std::string> verbs;
};

/// What is particular to one version of a resource.
struct VersionInfo {
  std::string name;
  bool status = false;  // whether a custom resource has this subresource
};

struct ResourceInfo {
  std::string group;
  std::vector<VersionInfo> versions;  // served, the preferred one first
  std::string storage_version;
  std::string kind, list_kind, plural, singular;
  bool namespaced = true;
  bool custom = false;  // from a CustomResourceDefinition
  std::vector<std::string> short_names, categories, verbs;
  std::vector<Subresource> subresources;

  ResourceName name() const { return {group, plural}; }
  /// "v1", "apps/v1".
  std::string api_version(std::string_view version) const;
  const VersionInfo* version(std::string_view name) const;
  const Subresource* subresource(std::string_view name) const;
  bool has_verb(std::string_view verb) const;
  /// Reviews and the like: created, answered, never stored.
  bool stored() const { return has_verb("get"); }
};

}  // namespace mesh::simulator
