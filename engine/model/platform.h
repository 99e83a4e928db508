#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "engine/model/spec.h"

namespace mesh {

enum class LoadBalancerAddress { ip, hostname, either };

/// What one kind of cluster needs: plain data, one value per platform of the spec.
struct Platform {
  std::string name;
  /// For people: "GKE on VMware".
  std::string title;
  LoadBalancerAddress address = LoadBalancerAddress::either;
  std::map<std::string, std::string> public_annotations;
  std::map<std::string, std::string> internal_annotations;
  /// Service annotations that the platform honours only when the Service is created: a change means a new Service.
  std::set<std::string> creation_only_annotations;
  /// Certificate authorities offered, with the certificate provider that the guide names for each; for display and
  /// checks only, mesh never writes it.
  std::map<CertificateAuthority, std::string> certificate_providers;
  /// Whether `spec.loadBalancerIP` is honoured.
  bool load_balancer_ip = false;
  /// How an admin kubeconfig of this platform logs in, for hints: "exec plugin `aws eks get-token`".
  std::string login;

  bool operator==(const Platform&) const = default;
};

/// By name.
using PlatformSet = std::map<std::string, Platform>;

}  // namespace mesh
