#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace mesh::istio {

/// What a mesh configuration says about trust.
struct MeshTrustConfig {
  /// Empty: not set, which means `cluster.local`.
  std::string trust_domain = {};
  std::set<std::string> aliases = {};
  /// `pem` of each entry of caCertificates that has one.
  std::vector<std::string> ca_certificates = {};
  /// `trustDomains` of all entries.
  std::set<std::string> certificate_domains = {};
  /// An entry names a URL (`spiffeBundleUrl`) in place of a PEM.
  bool has_url = false;
  /// `defaultConfig.proxyMetadata`.
  std::map<std::string, std::string> proxy_metadata = {};

  bool operator==(const MeshTrustConfig&) const = default;
};

/// Takes a mesh configuration apart: key `mesh` of ConfigMap `istio[-REV]` as JSON (istio-facts 0). What has another
/// shape counts as not there.
MeshTrustConfig mesh_trust_config(const nlohmann::json& config);

}  // namespace mesh::istio
