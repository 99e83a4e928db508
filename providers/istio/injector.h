#pragma once

#include <optional>
#include <string>

#include "engine/model/object.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// `-REV`; nothing behind the names of the default revision (istio-facts 0).
std::string revision_suffix(const std::string& revision);

/// The ConfigMap that the injector of a revision takes its values from.
ObjectId injector_config_id(const std::string& system_namespace, const std::string& revision);

/// What identifies the cluster in these values (istio-facts 0, 6.1). Empty: not set.
struct InjectorValues {
  std::string network = {};
  std::string cluster_id = {};
  std::string mesh_id = {};
  std::string ca_address = {};

  bool operator==(const InjectorValues&) const = default;
};

/// Nothing: the ConfigMap holds no values.
std::optional<InjectorValues> injector_values(const Object& config_map);

/// The network that the injector of a revision gives to pods: `global.network` of its ConfigMap's values, empty where
/// that is not set (istio-facts 0, 2: the namespace's label does not matter to it). Nothing: that could not be read.
std::optional<std::string> injected_network(kubernetes::Client& client, const std::string& system_namespace,
                                            const std::string& revision, const kubernetes::CallLimits& limits);

}  // namespace mesh::istio
