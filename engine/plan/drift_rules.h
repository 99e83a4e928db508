#pragma once

#include <map>
#include <string>
#include <utility>

#include "engine/model/address.h"
#include "engine/model/desired_state.h"
#include "engine/model/snapshot.h"

namespace mesh {

/// What is known of the objects of a snapshot beside their fields: to which action each belongs, and what about it is
/// sensitive, exclusive or forbidden.
class DriftRules {
 public:
  DriftRules(const DesiredState& desired, const Snapshot& snapshot);

  /// From what is desired now; else from the plan that the snapshot records; else the cluster's name.
  Address address_of(const std::string& cluster, const ObjectId& id) const;

  /// Whether the last plan or the present desire names the object. Of one that neither does, and that is gone, only the
  /// record is left.
  bool knows(const std::string& cluster, const ObjectId& id) const;

  /// The object's path lists, for a body as it was applied: what is null in it is sensitive as well.
  DesiredObject rules_for(const std::string& cluster, const ObjectId& id, const nlohmann::json& applied) const;

 private:
  using Key = std::pair<std::string, ObjectId>;
  struct Known {
    const DesiredAction* action = nullptr;
    const DesiredObject* object = nullptr;
  };

  std::map<Key, Known> desired_;
  std::map<Key, Address> planned_;
};

}  // namespace mesh
