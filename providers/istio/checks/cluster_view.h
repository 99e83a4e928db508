#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "engine/model/checks/check.h"
#include "engine/model/live_state.h"
#include "engine/model/platform.h"
#include "engine/model/spec.h"
#include "providers/istio/checks/topics.h"
#include "providers/istio/desired/istiod.h"

namespace mesh::istio {

/// What was read of one cluster that answered, as checks look at it. Refers to what it was made from.
struct ClusterView {
  ClusterView(const Spec& of_spec, const ClusterSpec& of_cluster, const Platform& of_platform,
              const ClusterState& of_live, const CheckReading& of_reading);

  const Spec& spec;
  const ClusterSpec& cluster;
  const Platform& platform;
  const ClusterState& live;
  const CheckReading& reading;
  ControlPlane plane;
  /// `default` where the spec leaves it to the cluster and that has no single one.
  std::string revision;
  /// The Deployment of that revision; null when there is none.
  const Object* istiod = nullptr;
  /// What its ConfigMaps say; null where they are missing, or not what Istio writes.
  nlohmann::json mesh_config;
  nlohmann::json injector;

  const std::string& ns() const { return spec.mesh.system_namespace; }
  /// `-REV`; empty for the default revision.
  std::string suffix() const;
  /// Why the topic is not known; null when it is.
  const Diagnostics* unknown(Topic topic) const;
  /// What was listed; empty when it could not be read.
  const std::vector<Object>& objects(Topic topic) const;
  bool served(Topic topic) const;
  const Object* find(Topic topic, const std::string& name) const;
  /// Of the ClusterState; null when it is absent.
  const Object* found(const ObjectId& id) const;
  /// The plain value of an environment variable of istiod.
  std::string env(const std::string& name) const;
  std::string config(std::initializer_list<std::string_view> names) const;
  std::string value(std::initializer_list<std::string_view> names) const;
  /// Remote Secrets, as metadata.
  std::vector<const Object*> remote_secrets() const;
};

/// Labels of an object; an empty map when it has none.
nlohmann::json labels_of(const Object& object);

}  // namespace mesh::istio
