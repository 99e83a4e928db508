#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "providers/simulator/apiserver/registry/resource_info.h"

namespace mesh::simulator {

/// A group as discovery lists it.
struct GroupInfo {
  std::string name;
  std::vector<std::string> versions;  // the preferred one first
};

/// All that one API server serves: the built-in resources and those of its CustomResourceDefinitions. Immutable: make a
/// new one when a CustomResourceDefinition was written.
class Registry {
 public:
  /// `definitions`: CustomResourceDefinition objects, of apiextensions.k8s.io/v1.
  explicit Registry(const std::vector<ObjectPtr>& definitions = {});

  /// Null when the version does not serve it. Pointers live as long as the registry.
  const ResourceInfo* find(std::string_view group, std::string_view version, std::string_view plural) const;
  const ResourceInfo* find_kind(std::string_view group, std::string_view version, std::string_view kind) const;
  const ResourceInfo* find(const ResourceName& name) const;
  bool serves(std::string_view group, std::string_view version) const;
  /// In the order of discovery; the core group is first, named "".
  const std::vector<GroupInfo>& groups() const { return groups_; }
  /// Of one group version, in the order of discovery.
  std::vector<const ResourceInfo*> resources(std::string_view group, std::string_view version) const;
  const std::vector<ResourceInfo>& all() const { return all_; }

 private:
  void add_groups();

  std::vector<ResourceInfo> all_;
  std::vector<GroupInfo> groups_;
  std::map<ResourceName, std::size_t> by_name_;
};

/// Istio's CustomResourceDefinitions and that of hub.gke.io Memberships as objects to put into a new cluster. Their
/// schemas are left out: apimachinery/schema knows the kinds.
std::vector<nlohmann::json> mesh_definitions();

}  // namespace mesh::simulator
