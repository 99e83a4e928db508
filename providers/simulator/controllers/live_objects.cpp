#include "providers/simulator/controllers/live_objects.h"

namespace mesh::simulator {

std::string store_name(const ResourceName& resource) {
  return resource.group.empty() ? resource.plural : resource.plural + "." + resource.group;
}

ObjectPtr LiveObjects::parsed(const StoredPtr& stored) const {
  if (stored->resource == "secrets") return std::make_shared<const nlohmann::json>(stored->json());
  const Key key(stored->resource, stored->ns, stored->name);
  {
    const std::lock_guard lock(mutex_);
    const auto it = kept_.find(key);
    if (it != kept_.end() && it->second.first == stored->version) return it->second.second;
  }
  auto object = std::make_shared<const nlohmann::json>(stored->json());
  const std::lock_guard lock(mutex_);
  kept_[key] = {stored->version, object};
  return object;
}

void LiveObjects::forget(const Stored& stored) const {
  const std::lock_guard lock(mutex_);
  kept_.erase(Key(stored.resource, stored.ns, stored.name));
}

std::vector<ObjectPtr> LiveObjects::list(const ResourceName& resource, const std::string& ns) const {
  std::vector<ObjectPtr> found;
  for (const StoredPtr& stored : api_.all(store_name(resource), ns)) found.push_back(parsed(stored));
  return found;
}

ObjectPtr LiveObjects::get(const ResourceName& resource, const std::string& ns, const std::string& name) const {
  const StoredPtr stored = api_.find(store_name(resource), ns, name);
  return stored == nullptr ? nullptr : parsed(stored);
}

}  // namespace mesh::simulator
