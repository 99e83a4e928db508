#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "providers/simulator/apiserver/request/message.h"

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
  virtual ApiResponse log(const std::string& ns, const std::string& pod,
                          const std::multimap<std::string, std::string>& query) = 0;
  /// An HTTP request to a port of the pod: pods/proxy and services/proxy. `port` may be a name or empty; `path` starts
  /// with a slash.
  virtual ApiResponse proxy(const std::string& ns, const std::string& pod, const std::string& port,
                            const std::string& path) = 0;
  virtual ExecResult exec(const std::string& ns, const std::string& pod, const std::string& container,
                          const std::vector<std::string>& command) = 0;
};

/// What the mutating webhooks of a cluster make of a pod that is about to be created in a namespace. A text: why one
/// that has to be asked did not answer, with which the create fails. Called amid a write: it may look at objects, but
/// not write.
using PodWebhook = std::function<std::optional<std::string>(const std::string& ns, nlohmann::json& pod)>;

}  // namespace mesh::simulator
