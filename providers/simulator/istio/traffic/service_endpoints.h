#pragma once

#include <optional>
#include <string>
#include <vector>

#include "providers/simulator/istio/traffic/istiod_view.h"

namespace mesh::simulator {

/// A Service by what callers name.
struct ServiceName {
  std::string ns = {};
  std::string name = {};
  bool operator==(const ServiceName&) const = default;
  auto operator<=>(const ServiceName&) const = default;
};
std::string to_string(const ServiceName& service);
std::string host_of(const ServiceName& service, const std::string& domain);

/// The declared port of a Service; without `number` its first one. Null: not declared.
const nlohmann::json* declared_port(const nlohmann::json& service, std::optional<int> number);

/// One address behind a Service.
struct ServiceEndpoint {
  std::string address = {};
  int port = 0;
  bool ready = false;
  /// Null for an address without a pod.
  ObjectPtr pod = {};
};

/// What EndpointSlices list for the port of that name. Endpoints of slices without it are left out.
std::vector<ServiceEndpoint> endpoints_of(const Objects& objects, const ServiceName& service,
                                          const std::string& port_name);
/// All pods and addresses of the Service, whatever the port.
std::vector<ServiceEndpoint> all_endpoints_of(const Objects& objects, const ServiceName& service);

/// The injector's mark: the pod accepts mutual TLS.
bool has_sidecar(const nlohmann::json& pod);

/// What runs behind a port of a pod.
struct Program {
  enum class Kind { none, hello, other };
  Kind kind = Kind::none;
  /// Of HelloWorld: "v1".
  std::string version = {};
};
Program program_at(const nlohmann::json& pod, int port);

}  // namespace mesh::simulator
