#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "providers/simulator/apiserver/registry/resource_name.h"
#include "providers/simulator/apiserver/storage/stored.h"

namespace mesh::simulator {

/// One change in the log of a resource.
struct LoggedEvent {
  std::uint64_t version = 0;
  ObjectEvent event;
};

/// Objects that were read together, and when.
struct Listing {
  std::vector<StoredPtr> objects;
  std::uint64_t revision = 0;
};

/// All objects of one cluster, and the latest changes of each resource. Thread-safe; writers come one at a time, which
/// the caller sees to.
class Store final : public Objects {
 public:
  explicit Store(std::size_t window);

  /// The last resourceVersion given out.
  std::uint64_t last_version() const;
  StoredPtr find(const std::string& resource, const std::string& ns, const std::string& name) const;
  StoredPtr find_uid(const std::string& uid) const;
  /// Objects whose ownerReferences name this uid.
  std::vector<StoredPtr> dependents(const std::string& uid) const;
  Listing read(const std::string& resource, const std::string& ns) const;
  /// As it was at an earlier version; nothing when the log does not reach back to it.
  std::optional<Listing> read_at(const std::string& resource, const std::string& ns, std::uint64_t version) const;
  /// Resources with at least one object in this namespace.
  std::vector<std::string> resources_in(const std::string& ns) const;

  /// Stores a new or changed object under the next version.
  StoredPtr put(const std::string& resource, nlohmann::json object);
  /// The last state, under the version of the deletion; null when there is none.
  StoredPtr remove(const std::string& resource, const std::string& ns, const std::string& name);
  /// Drops the log, so that older versions are too old.
  void compact();

  /// Changes after a version, oldest first, at most `most`; nothing when the log does not reach back.
  std::optional<std::vector<LoggedEvent>> changes(const std::string& resource, std::uint64_t after,
                                                  std::size_t most) const;
  /// The oldest version that changes() can answer for.
  std::uint64_t oldest(const std::string& resource) const;

  /// Changes not yet handed to anyone, in order.
  std::vector<ObjectEvent> take_pending();

  std::vector<ObjectPtr> list(const ResourceName& resource, const std::string& ns) const override;
  ObjectPtr get(const ResourceName& resource, const std::string& ns, const std::string& name) const override;
  std::uint64_t revision(const ResourceName& resource) const override;

 private:
  struct Bucket {
    std::map<std::string, StoredPtr> objects;
    std::deque<LoggedEvent> log;
    std::size_t log_bytes = 0;
    std::uint64_t dropped = 0;
    std::uint64_t last = 0;
  };

  void record(Bucket& bucket, ObjectEvent event, std::uint64_t version);
  void index(const StoredPtr& before, const StoredPtr& after);
  const Bucket* bucket(const std::string& resource) const;

  const std::size_t window_;
  mutable std::shared_mutex mutex_;
  std::uint64_t last_ = 0;
  std::uint64_t compacted_ = 0;
  std::map<std::string, Bucket> buckets_;
  std::unordered_map<std::string, StoredPtr> by_uid_;
  std::unordered_multimap<std::string, StoredPtr> by_owner_;
  std::vector<ObjectEvent> pending_;
};

}  // namespace mesh::simulator
