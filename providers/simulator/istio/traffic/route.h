#pragma once

#include <string>

#include "providers/simulator/istio/traffic/traffic_model.h"

namespace mesh::simulator {

/// One question about one pod, as its steps see it.
struct Question {
  const TrafficModel& model;
  const IstiodView& view;
  const SimulatedCluster& caller;
  const Target& target;
  /// The registry of `view` in which the pod is found.
  const ServiceRegistry& registry;
  const ServiceEndpoint& endpoint;
  /// Of the Service, as the caller names it.
  int port = 0;
  std::string host = {};
  std::string client_network = {};
  std::string endpoint_network = {};
  /// Client and endpoint speak mutual TLS.
  bool mutual = true;
};

/// Between different clusters: by the pod's address or through gateways (istio-facts 2, split horizon).
Verdict route_between(const Question& question);

}  // namespace mesh::simulator
