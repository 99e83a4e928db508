#pragma once

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

/// `pods/log`, `deployments/scale`. group, version and kind are of the objects it takes; empty group and version: those
/// of the resource itself.
struct Subresource {
  std::string name;
  std::string group, version, kind;
  std::vector<std::string> verbs;
};

/// A column that a CustomResourceDefinition asks for.
struct PrinterColumn {
  std::string name, type, format, description, json_path;
  int priority = 0;
};

/// What is particular to one version of a resource.
struct VersionInfo {
  std::string name;
  std::vector<PrinterColumn> columns = {};  // of a custom resource, without Name
  nlohmann::json schema = nullptr;          // openAPIV3Schema of a CustomResourceDefinition, or null
  bool status = false, scale = false;       // subresources of a custom resource
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

/// The built-in resources; shared by all registries.
const std::vector<ResourceInfo>& builtin_resources();

/// Istio's CustomResourceDefinitions and that of hub.gke.io Memberships as objects to put into a new cluster. Their
/// schemas are left out: fields/ knows the kinds.
std::vector<nlohmann::json> mesh_definitions();

/// A CustomResourceDefinition's status with which it is served: accepted names, stored versions, Established.
nlohmann::json established_status(const nlohmann::json& definition, const std::string& now);

}  // namespace mesh::simulator
