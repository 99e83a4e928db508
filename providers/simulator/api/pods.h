#pragma once

#include <map>
#include <string>
#include <vector>

#include "providers/simulator/api/message.h"

namespace mesh::simulator {

/// What a command in a pod gave.
struct ExecResult {
  int exit_code = 0;
  std::string out;
  std::string err;
  /// Not empty: the command could not be run at all, with the container runtime's words.
  std::string failure;
};

/// What runs in the pods of a cluster. Called without any lock of the API server; the pod exists.
class PodBackend {
 public:
  PodBackend() = default;
  PodBackend(const PodBackend&) = delete;
  PodBackend& operator=(const PodBackend&) = delete;
  virtual ~PodBackend() = default;

  /// pods/log: text/plain, or a stream with follow=true.
  virtual ApiResponse log(const std::string& namespace_name, const std::string& pod,
                          const std::multimap<std::string, std::string>& query) = 0;
  /// An HTTP request to a port of the pod: pods/proxy, services/proxy and port-forward. `port` may be a name or empty;
  /// `path` starts with a slash.
  virtual ApiResponse proxy(const std::string& namespace_name, const std::string& pod, const std::string& port,
                            const std::string& path, const ApiRequest& request) = 0;
  virtual ExecResult exec(const std::string& namespace_name, const std::string& pod, const std::string& container,
                          const std::vector<std::string>& command) = 0;
};

}  // namespace mesh::simulator
