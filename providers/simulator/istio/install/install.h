#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <string>

#include "engine/model/spec.h"
#include "providers/simulator/apiserver/api_server.h"
#include "providers/simulator/istio/install/authority.h"

namespace mesh::simulator {

/// An istiod as istioctl or asmcli would install it (istio-facts 0).
struct InstallSettings {
  /// "default": without a suffix anywhere.
  std::string revision = "asm-1233-2";
  std::string cluster_id = {};
  std::string mesh_id = {};
  /// global.network of the injector, and the namespace's label when `label_namespace`.
  std::string network = {};
  bool label_namespace = false;
  std::string trust_domain = "cluster.local";
  std::set<std::string> trust_aliases = {};
  CertificateAuthority ca = CertificateAuthority::mesh_ca;
  /// Of a CA service: the pool.
  std::string ca_pool = {};
  /// The root that istiod signs with, Secret cacerts. Without one an istiod with Istio's CA makes its own.
  std::optional<SigningAuthority> plugged = std::nullopt;
  std::string version = "1.23.3-asm.2";
  std::string system_namespace = "istio-system";
  int replicas = 1;
  bool operator==(const InstallSettings&) const = default;
};

/// Puts the objects in by server-side apply, as field manager `istio-operator`, and Istio's CRDs before them where the
/// server does not have them. Diagnostics of a refusal end in the returned text; empty: done.
std::string install_istio(ApiServer& api, const InstallSettings& settings);

/// Server-side apply of one object by a manager, by force. What the server says of a refusal; empty: done.
std::string apply_object(ApiServer& api, const nlohmann::json& object, const std::string& by);

}  // namespace mesh::simulator
