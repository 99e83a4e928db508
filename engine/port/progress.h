#pragma once

#include <chrono>
#include <string>

#include "engine/model/report.h"

namespace mesh {

/// Hears what happens while it happens. Calls come from several threads at once.
class Progress {
 public:
  Progress() = default;
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  virtual ~Progress() = default;

  virtual void started(const Address& address, Operation operation) = 0;
  /// The action waits, and for what: "Service istio-system/istio-eastwestgateway has no address yet".
  virtual void waiting(const Address& address, const std::string& what) = 0;
  /// A request failed in a way that is tried again after `delay`.
  virtual void retrying(const Address& address, const std::string& why, std::chrono::milliseconds delay) = 0;
  virtual void finished(const ActionReport& report) = 0;
};

}  // namespace mesh
