#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "providers/simulator/istio/traffic/control_plane.h"
#include "providers/simulator/istio/traffic/istiod_memory.h"
#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

/// One cluster, as the traffic model sees it.
struct SimulatedCluster {
  /// What the simulator and its user call it.
  std::string name = {};
  std::shared_ptr<const Objects> objects = {};
  /// What its istiod made of the remote Secrets. Asked when somebody looks from this cluster.
  std::function<IstiodMemory()> istiod = {};
  /// Its istiod's settings, when somebody keeps them; else they are read from the objects.
  std::function<std::shared_ptr<const ControlPlane>()> plane = {};
  /// Pods of clusters with the same underlay reach each other by their addresses. Empty: of this cluster alone.
  std::string underlay = {};
  std::string system_namespace = "istio-system";

  /// Null: there is no istiod.
  std::shared_ptr<const ControlPlane> control_plane() const;
};

/// What an API server says to whoever comes with a credential.
struct ApiProbe {
  enum class Answer { ok, unreachable, untrusted, unauthorized, forbidden };
  Answer answer = Answer::ok;
  /// Of the cluster that answered; empty when nobody did.
  std::string cluster = {};
  /// For a sentence: "no API server answers at https://…", "may not list endpointslices".
  std::string why = {};
  bool operator==(const ApiProbe&) const = default;
};

/// All clusters of a simulator. A value: who answers for tokens and rights is a function, everything else data.
struct SimulatedClusters {
  std::vector<SimulatedCluster> clusters = {};
  /// Asks the API server at the credential's URL whether it lets its owner list all that istiod's informers need
  /// (istio-facts 5.2), as seen from the cluster `from`.
  std::function<ApiProbe(const std::string& from, const RemoteCredential&)> probe;
  std::uint64_t seed = 1;

  const SimulatedCluster* find(const std::string& name) const;
};

}  // namespace mesh::simulator
