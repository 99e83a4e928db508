#include "providers/simulator/apiserver/printers/pod_summary.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

bool is_sidecar(const json& pod, const std::string& name) {
  return std::ranges::any_of(items(pod, {"spec", "initContainers"}), [&](const json& one) {
    return text(one, {"name"}) == name && text(one, {"restartPolicy"}) == "Always";
  });
}

/// Why a container does not run; empty: it runs, or has not begun yet.
std::string trouble_of(const json& container) {
  std::string waiting = text(container, {"state", "waiting", "reason"});
  if (!waiting.empty() && waiting != "PodInitializing") return waiting;
  if (at(container, {"state", "terminated"}) == nullptr) return "";
  std::string reason = text(container, {"state", "terminated", "reason"});
  if (!reason.empty()) return reason;
  return fmt::format("ExitCode:{}", number(container, {"state", "terminated", "exitCode"}));
}

/// What the first init container that is not done says; empty: all are done.
std::string init_status(const json& pod) {
  std::size_t done = 0;
  for (const json& container : items(pod, {"status", "initContainerStatuses"})) {
    const json* exit_code = at(container, {"state", "terminated", "exitCode"});
    const json* started = at(container, {"started"});
    const bool runs_on = is_sidecar(pod, text(container, {"name"})) && started != nullptr && *started == true;
    if (runs_on || (exit_code != nullptr && *exit_code == 0)) {
      ++done;
      continue;
    }
    const std::string trouble = trouble_of(container);
    if (!trouble.empty()) return "Init:" + trouble;
    return fmt::format("Init:{}/{}", done, items(pod, {"spec", "initContainers"}).size());
  }
  return "";
}

std::string status_of(const json& pod) {
  const std::string phase = text(pod, {"status", "phase"});
  const bool over = phase == "Failed" || phase == "Succeeded";
  if (!over && at(pod, {"metadata", "deletionTimestamp"}) != nullptr) return "Terminating";
  if (std::string init = init_status(pod); !init.empty()) return init;
  std::string status = text(pod, {"status", "reason"});
  if (status.empty()) status = phase;
  for (const json& container : items(pod, {"status", "containerStatuses"})) {
    if (const std::string trouble = trouble_of(container); !trouble.empty()) status = trouble;
  }
  return status;
}

}  // namespace

PodSummary pod_summary(const json& pod) {
  std::size_t all = items(pod, {"spec", "containers"}).size();
  std::size_t ready = 0;
  const auto count = [&](const json& container) {
    const json* flag = at(container, {"ready"});
    if (flag != nullptr && *flag == true) ++ready;
  };
  for (const json& container : items(pod, {"status", "containerStatuses"})) count(container);
  for (const json& container : items(pod, {"spec", "initContainers"})) {
    if (is_sidecar(pod, text(container, {"name"}))) ++all;
  }
  for (const json& container : items(pod, {"status", "initContainerStatuses"})) {
    if (is_sidecar(pod, text(container, {"name"}))) count(container);
  }
  return {.ready = fmt::format("{}/{}", ready, all), .status = status_of(pod)};
}

}  // namespace mesh::simulator
