#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/load/value.h"
#include "engine/model/spec.h"

namespace mesh {

template <class T>
using Field = std::optional<Marked<T>>;
using TextList = std::optional<std::vector<Marked<std::string>>>;

/// The file as it was written: each field alone is right or absent, no default is filled in. The rules that tie fields
/// together read it, so that they can name places.
struct GatewayDraft {
  Field<std::int64_t> min;
  Field<std::int64_t> max;
  Field<Exposure> exposure;
  TextList source_ranges;
  Field<std::string> load_balancer_ip;
};

struct MeshDraft {
  Field<std::string> name;
  Field<std::string> id;
  Field<std::string> fleet_project;
  Field<std::int64_t> project_number;
  Field<CertificateAuthority> ca;
  Field<std::string> revision;
  Field<std::string> system_namespace;
  TextList flat_networks;
  Field<bool> local_api_servers;
};

struct StateDraft {
  Field<std::string> repo;
  Field<std::string> remote;
};

struct PolicyDraft {
  Field<std::int64_t> max_changes;
};

struct ClusterDraft {
  std::string name;
  /// Where the cluster's table begins.
  SourcePosition at;
  Field<std::string> platform;
  Field<std::string> id;
  TextList kubeconfig;
  Field<std::string> context;
  Field<std::string> network;
  Field<std::string> api_server;
  GatewayDraft gateway;
  TextList peers;
  Field<bool> protect;
};

struct SpecDraft {
  MeshDraft mesh;
  StateDraft state;
  PolicyDraft policy;
  GatewayDraft gateway;
  /// In order of position.
  std::vector<ClusterDraft> clusters;
};

/// The spec's words for a certificate authority, in the order of the enumeration.
const std::vector<std::string>& ca_words();

/// A cluster's id and network, given or by default. The id is empty when what it is made of is wrong.
std::string effective_id(const MeshDraft& mesh, const ClusterDraft& cluster);
std::string effective_network(const ClusterDraft& cluster);

/// The bounds that hold for a cluster: its own, else those of [gateway], else the built-in ones.
ReplicaRange effective_replicas(const GatewayDraft& common, const GatewayDraft& own);

}  // namespace mesh
