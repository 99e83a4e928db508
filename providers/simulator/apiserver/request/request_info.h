#pragma once

#include <map>
#include <string>
#include <vector>

namespace mesh::simulator {

/// What a request asks for, as the API server takes its path apart (RequestInfoFactory).
struct RequestInfo {
  bool resource_request = false;  // false: discovery, /version, /healthz ...: only verb and path count
  std::string verb{};  // get list watch create update patch delete deletecollection; else the method in lower case
  std::string path{};
  std::string prefix{}, group{}, version{};  // "api" or "apis"
  std::string ns{}, resource{}, subresource{}, name{};
  bool operator==(const RequestInfo&) const = default;
};

/// `query` holds decoded values; `watch` and a fieldSelector of metadata.name matter.
RequestInfo request_info(const std::string& method, const std::string& path,
                         const std::multimap<std::string, std::string>& query);

/// "/api/v1/pods" as {"api", "v1", "pods"}.
std::vector<std::string> path_parts(const std::string& path);

}  // namespace mesh::simulator
