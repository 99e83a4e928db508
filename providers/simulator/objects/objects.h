#pragma once

#include <cstdint>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace mesh::simulator {

/// An object as it is stored, in any version of its kind.
using ObjectPtr = std::shared_ptr<const nlohmann::json>;

/// What the store keeps objects under: versions of one resource share their objects.
struct ResourceName {
  std::string group;   // "" for the core group
  std::string plural;  // "services"
  bool operator==(const ResourceName&) const = default;
  auto operator<=>(const ResourceName&) const = default;
};

/// The objects of one cluster, as far as tokens, rights and discovery look at them. The store implements it.
class Objects {
 public:
  Objects() = default;
  Objects(const Objects&) = delete;
  Objects& operator=(const Objects&) = delete;
  virtual ~Objects() = default;

  /// All of a namespace, or of the cluster when `ns` is empty; by namespace, then name.
  virtual std::vector<ObjectPtr> list(const ResourceName& resource, const std::string& ns) const = 0;
  /// Null when there is none. `ns` is empty for cluster-wide resources.
  virtual ObjectPtr get(const ResourceName& resource, const std::string& ns, const std::string& name) const = 0;
  /// Grows with every write to this resource, so that what was read of it may be kept. 0: not known, keep nothing.
  virtual std::uint64_t revision(const ResourceName& /*resource*/) const { return 0; }
};

}  // namespace mesh::simulator
