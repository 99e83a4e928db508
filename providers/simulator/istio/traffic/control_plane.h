#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "engine/model/spec.h"
#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

/// What one istiod is told by its Deployment and its ConfigMaps (istio-facts 0).
struct ControlPlane {
  std::string system_namespace = {};
  std::string deployment = {};
  /// "default" for the unrevisioned one.
  std::string revision = {};
  std::string cluster_id = {};
  std::string domain = {};
  std::map<std::string, std::string> env = {};
  /// MeshConfig, meshNetworks.networks and the injector's values.
  nlohmann::json mesh = {}, mesh_networks = {}, values = {};

  std::string mesh_id = {};
  std::string trust_domain = {};
  std::set<std::string> trust_aliases = {};
  std::string root_namespace = {};
  /// The network of every client that no pod label decides: the injector's global.network.
  std::string network = {};
  CertificateAuthority authority = CertificateAuthority::istio_ca;
  /// Of a CA service: the pool.
  std::string authority_name = {};

  /// The values of PILOT_INSECURE_MULTICLUSTER_KUBECONFIG_OPTIONS.
  std::set<std::string> kubeconfig_options() const;
  bool dns_capture() const;
  /// "istio" or "istio-REV".
  std::string named(const std::string& stem) const;
};

/// The istiod of the namespace; of several that with the first name. Nothing: there is none.
std::optional<ControlPlane> control_plane_of(const Objects& objects,
                                             const std::string& system_namespace = "istio-system");
/// All of them, by name.
std::vector<ControlPlane> control_planes_of(const Objects& objects, const std::string& system_namespace);

/// The digests of all certificates in a PEM text: anchors are compared by what they are, not by their text.
std::set<std::string> certificates_in(const std::string& pem);

}  // namespace mesh::simulator
