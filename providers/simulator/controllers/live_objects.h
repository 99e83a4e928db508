#pragma once

#include <map>
#include <mutex>
#include <string>
#include <tuple>

#include "providers/simulator/apiserver/api_server.h"
#include "providers/simulator/objects/resources.h"

namespace mesh::simulator {

/// "deployments.apps", as the store names a resource.
std::string store_name(const ResourceName& resource);

/// The objects of a running server, each parsed once per version. Thread-safe. Secrets are parsed anew each time, so
/// that their contents are not held twice.
class LiveObjects final : public Objects {
 public:
  explicit LiveObjects(const ApiServer& api) : api_(api) {}

  std::vector<ObjectPtr> list(const ResourceName& resource, const std::string& ns) const override;
  ObjectPtr get(const ResourceName& resource, const std::string& ns, const std::string& name) const override;

  ObjectPtr parsed(const StoredPtr& stored) const;
  void forget(const Stored& stored) const;

 private:
  using Key = std::tuple<std::string, std::string, std::string>;
  const ApiServer& api_;
  mutable std::mutex mutex_;
  mutable std::map<Key, std::pair<std::uint64_t, ObjectPtr>> kept_;
};

}  // namespace mesh::simulator
