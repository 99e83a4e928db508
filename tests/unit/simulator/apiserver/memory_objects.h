#pragma once

#include <map>
#include <string>

#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

/// Objects that a test puts there.
class MemoryObjects : public Objects {
 public:
  void put(const ResourceName& resource, const nlohmann::json& object) {
    const nlohmann::json& metadata = object.at("metadata");
    objects_[resource][{metadata.value("namespace", ""), metadata.at("name")}] =
        std::make_shared<const nlohmann::json>(object);
  }
  void remove(const ResourceName& resource, const std::string& ns, const std::string& name) {
    objects_[resource].erase({ns, name});
  }

  std::vector<ObjectPtr> list(const ResourceName& resource, const std::string& ns) const override {
    std::vector<ObjectPtr> found;
    const auto all = objects_.find(resource);
    if (all == objects_.end()) return found;
    for (const auto& [key, object] : all->second) {
      if (ns.empty() || key.first == ns) found.push_back(object);
    }
    return found;
  }
  ObjectPtr get(const ResourceName& resource, const std::string& ns, const std::string& name) const override {
    const auto all = objects_.find(resource);
    if (all == objects_.end()) return nullptr;
    const auto found = all->second.find({ns, name});
    return found == all->second.end() ? nullptr : found->second;
  }

 private:
  std::map<ResourceName, std::map<std::pair<std::string, std::string>, ObjectPtr>> objects_;
};

inline constexpr const char* rbac = "rbac.authorization.k8s.io";

/// A role with these rules, in a namespace or cluster-wide when `ns` is empty.
inline void add_role(MemoryObjects& objects, const std::string& ns, const std::string& name,
                     const nlohmann::json& rules) {
  nlohmann::json metadata = {{"name", name}};
  if (!ns.empty()) metadata["namespace"] = ns;
  objects.put({rbac, ns.empty() ? "clusterroles" : "roles"}, {{"metadata", metadata}, {"rules", rules}});
}

/// A binding of a role to one subject.
inline void add_binding(MemoryObjects& objects, const std::string& ns, const std::string& name,
                        const std::string& role_kind, const std::string& role, const nlohmann::json& subject) {
  nlohmann::json metadata = {{"name", name}};
  if (!ns.empty()) metadata["namespace"] = ns;
  objects.put({rbac, ns.empty() ? "clusterrolebindings" : "rolebindings"},
              {{"metadata", metadata},
               {"roleRef", {{"apiGroup", rbac}, {"kind", role_kind}, {"name", role}}},
               {"subjects", nlohmann::json::array({subject})}});
}

}  // namespace mesh::simulator
