#include "providers/simulator/objects/resources.h"

#include <algorithm>
#include <cctype>

#include "engine/base/lower_case.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

ResourceName resource_of(const nlohmann::json& object) {
  const std::string version = text(object, {"apiVersion"});
  const auto slash = version.find('/');
  std::string kind = lower_case(text(object, {"kind"}));
  std::string plural = kind;
  if (kind.ends_with("y") && !kind.ends_with("ay")) {
    plural = kind.substr(0, kind.size() - 1) + "ies";
  } else if (kind.ends_with("ss")) {
    plural += "es";
  } else if (!kind.ends_with("s")) {
    plural += "s";
  }
  return {slash == std::string::npos ? "" : version.substr(0, slash), std::move(plural)};
}

std::string path_of(const nlohmann::json& object) {
  const std::string version = text(object, {"apiVersion"});
  const std::string ns = namespace_of(object);
  return (version == "v1" ? "/api/" : "/apis/") + version + (ns.empty() ? "" : "/namespaces/" + ns) + "/" +
         resource_of(object).plural + "/" + name_of(object);
}

void ObjectSet::put(nlohmann::json object) {
  const ResourceName resource = resource_of(object);
  auto key = std::pair(namespace_of(object), name_of(object));
  objects_[resource][std::move(key)] = std::make_shared<const nlohmann::json>(std::move(object));
}

bool ObjectSet::remove(const ResourceName& resource, const std::string& ns, const std::string& name) {
  const auto it = objects_.find(resource);
  return it != objects_.end() && it->second.erase({ns, name}) != 0;
}

std::vector<ObjectPtr> ObjectSet::list(const ResourceName& resource, const std::string& ns) const {
  std::vector<ObjectPtr> found;
  const auto it = objects_.find(resource);
  if (it == objects_.end()) return found;
  for (const auto& [key, object] : it->second) {
    if (ns.empty() || key.first == ns) found.push_back(object);
  }
  return found;
}

ObjectPtr ObjectSet::get(const ResourceName& resource, const std::string& ns, const std::string& name) const {
  const auto it = objects_.find(resource);
  if (it == objects_.end()) return nullptr;
  const auto found = it->second.find({ns, name});
  return found == it->second.end() ? nullptr : found->second;
}

}  // namespace mesh::simulator
