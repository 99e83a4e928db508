#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "providers/simulator/apiserver/printers/cells.h"
#include "providers/simulator/apiserver/printers/table.h"
#include "providers/simulator/apiserver/registry/names.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

struct PodState {
  std::string reason;
  std::int64_t ready = 0, total = 0, restarts = 0;
  std::string last_restart;  // RFC 3339 sorts as text
};

bool has_condition(const json& pod, const std::string& type) {
  for (const json& one : member(pod, "/status/conditions")) {
    if (text_at(one, "type") == type && text_at(one, "status") == "True") return true;
  }
  return false;
}

/// Init containers that go on running beside the others.
std::set<std::string> sidecars_of(const json& pod) {
  std::set<std::string> names;
  for (const json& one : member(pod, "/spec/initContainers")) {
    if (text_at(one, "restartPolicy") == "Always") names.insert(text_at(one, "name"));
  }
  return names;
}

void count_restarts(PodState& state, const json& container) {
  state.restarts += number_member(container, "/restartCount");
  state.last_restart = std::max(state.last_restart, text_member(container, "/lastState/terminated/finishedAt"));
}

std::string terminated_text(const json& container) {
  std::string reason = text_member(container, "/state/terminated/reason");
  if (!reason.empty()) return reason;
  const std::int64_t signal = number_member(container, "/state/terminated/signal");
  if (signal != 0) return fmt::format("Signal:{}", signal);
  return fmt::format("ExitCode:{}", number_member(container, "/state/terminated/exitCode"));
}

/// Looks through the init containers; true while one of them is not done.
bool read_init(PodState& state, PodState& of_sidecars, const json& pod) {
  const std::set<std::string> sidecars = sidecars_of(pod);
  std::size_t index = 0;
  for (const json& container : member(pod, "/status/initContainerStatuses")) {
    const std::size_t at = index++;
    const bool sidecar = sidecars.contains(text_at(container, "name"));
    count_restarts(state, container);
    if (sidecar) count_restarts(of_sidecars, container);
    const bool terminated = member(container, "/state/terminated").is_object();
    if (terminated && number_member(container, "/state/terminated/exitCode") == 0) continue;
    if (sidecar && member(container, "/started") == true) {
      if (member(container, "/ready") == true) ++state.ready;
      continue;
    }
    const std::string waiting = text_member(container, "/state/waiting/reason");
    if (terminated) {
      state.reason = "Init:" + terminated_text(container);
    } else if (!waiting.empty() && waiting != "PodInitializing") {
      state.reason = "Init:" + waiting;
    } else {
      state.reason = fmt::format("Init:{}/{}", at, member(pod, "/spec/initContainers").size());
    }
    return true;
  }
  return false;
}

void read_containers(PodState& state, const json& pod) {
  bool running = false;
  std::string failed;
  const json& containers = member(pod, "/status/containerStatuses");
  for (std::size_t i = containers.size(); i-- > 0;) {
    const json& container = containers[i];
    count_restarts(state, container);
    const std::string waiting = text_member(container, "/state/waiting/reason");
    if (!waiting.empty()) {
      state.reason = waiting;
    } else if (member(container, "/state/terminated").is_object()) {
      state.reason = terminated_text(container);
      if (number_member(container, "/state/terminated/exitCode") != 0) failed = state.reason;
    } else if (member(container, "/ready") == true && member(container, "/state/running").is_object()) {
      running = true;
      ++state.ready;
    }
  }
  if (state.reason != "Completed") return;
  if (running && has_condition(pod, "Ready")) {
    state.reason = "Running";
  } else if (!failed.empty()) {
    state.reason = failed;
  } else if (running) {
    state.reason = "NotReady";
  }
}

PodState state_of(const json& pod) {
  PodState state;
  const std::string phase = text_member(pod, "/status/phase");
  const std::string why = text_member(pod, "/status/reason");
  state.reason = why.empty() ? phase : why;
  for (const json& one : member(pod, "/status/conditions")) {
    if (text_at(one, "type") == "PodScheduled" && text_at(one, "reason") == "SchedulingGated") {
      state.reason = "SchedulingGated";
    }
  }
  state.total = static_cast<std::int64_t>(member(pod, "/spec/containers").size() + sidecars_of(pod).size());
  PodState of_sidecars;
  if (!read_init(state, of_sidecars, pod) || has_condition(pod, "Initialized")) {
    state.restarts = of_sidecars.restarts;
    state.last_restart = of_sidecars.last_restart;
    read_containers(state, pod);
  }
  if (member(pod, "/metadata/deletionTimestamp").is_string()) {
    if (why == "NodeLost") {
      state.reason = "Unknown";
    } else if (phase != "Failed" && phase != "Succeeded") {
      state.reason = "Terminating";
    }
  }
  return state;
}

std::string gates_text(const json& pod) {
  const json& gates = member(pod, "/spec/readinessGates");
  if (gates.empty()) return "<none>";
  const auto open = std::ranges::count_if(
      gates, [&](const json& gate) { return has_condition(pod, text_at(gate, "conditionType")); });
  return fmt::format("{}/{}", open, gates.size());
}

json pod_cells(const json& pod, Now now) {
  const PodState state = state_of(pod);
  std::string restarts = std::to_string(state.restarts);
  if (state.restarts != 0 && !state.last_restart.empty()) {
    restarts = fmt::format("{} ({} ago)", state.restarts, age_text(state.last_restart, now));
  }
  return {fmt::format("{}/{}", state.ready, state.total),
          state.reason,
          restarts,
          age_of(pod, now),
          text_member(pod, "/status/podIPs/0/ip", "<none>"),
          text_member(pod, "/spec/nodeName", "<none>"),
          text_member(pod, "/status/nominatedNodeName", "<none>"),
          gates_text(pod)};
}

}  // namespace

void add_pod_cells(CellMakers& makers) { makers[{"", "pods"}] = pod_cells; }

}  // namespace mesh::simulator
