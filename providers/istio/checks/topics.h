#pragma once

#include <string>
#include <vector>

#include "engine/model/checks/check.h"
#include "engine/model/spec.h"
#include "providers/kubernetes/client.h"

namespace mesh::istio {

/// What a check looks at: things that one request brings, so that a missing right is found once, whichever checks it
/// stops.
enum class Topic {
  // Read for every plan, into the ClusterState.
  system_namespace,
  istiods,
  secrets,
  gateway_deployment,
  gateway_service,
  // Read for the checks of a plan: six lists at most.
  config_maps,
  webhooks,
  network_services,
  scalers,
  gateways,
  peer_authentications,
  // Read by `mesh check` alone.
  destination_rules,
  services,
  endpoint_slices,
  gateway_pods,
  gateway_definition,
  membership,
  /// What remote Secrets hold, and what istiods have in memory.
  credentials,
  istiod_memory,
  /// An entry for each address of the gateway that was dialled from here: `address`, `error` (empty: it was reached).
  gateway_reach,
  rights,
  clock
};

using Topics = std::vector<Topic>;

/// What is listed for checks, in one pass of concurrent requests.
struct TopicRead {
  Topic topic;
  kubernetes::Read read;
};
std::vector<TopicRead> reads_for_checks(const MeshSpec& mesh, CheckDepth depth);

/// The object or list that a plan reads for the topic; an empty kind for one that only checks read.
ObjectId base_read_of(Topic topic, const MeshSpec& mesh);

/// The key of a CheckReading's list.
std::string name_of(Topic topic);

/// What cannot be seen without it: `MutatingWebhookConfigurations`, `ConfigMaps of istio-system`.
std::string title_of(Topic topic, const MeshSpec& mesh);

}  // namespace mesh::istio
