#include <fmt/format.h>
#include <fmt/ranges.h>

#include "providers/simulator/apiserver/printers/cells.h"
#include "providers/simulator/apiserver/registry/names.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

std::string of_containers(const json& object, const char* key) {
  std::vector<std::string> texts;
  for (const json& one : member(object, "/spec/template/spec/containers")) texts.push_back(text_at(one, key));
  return fmt::format("{}", fmt::join(texts, ","));
}

json deployment_cells(const json& object, Now now) {
  return {fmt::format("{}/{}", number_member(object, "/status/readyReplicas"), number_member(object, "/spec/replicas")),
          number_member(object, "/status/updatedReplicas"),
          number_member(object, "/status/availableReplicas"),
          age_of(object, now),
          of_containers(object, "name"),
          of_containers(object, "image"),
          selector_text(member(object, "/spec/selector"), "")};
}

json replica_cells(const json& object, Now now, const std::string& selector) {
  return {number_member(object, "/spec/replicas"),
          number_member(object, "/status/replicas"),
          number_member(object, "/status/readyReplicas"),
          age_of(object, now),
          of_containers(object, "name"),
          of_containers(object, "image"),
          selector};
}

std::string scalar_text(const json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string percent(const json& value, const char* none) {
  return value.is_number() ? fmt::format("{}%", value.get<std::int64_t>()) : none;
}

/// One metric of spec.metrics with the measured value beside it.
std::string metric_text(const json& spec, const json& status) {
  const std::string type = text_at(spec, "type");
  const char* key = type == "Resource"            ? "resource"
                    : type == "ContainerResource" ? "containerResource"
                    : type == "Pods"              ? "pods"
                    : type == "Object"            ? "object"
                    : type == "External"          ? "external"
                                                  : "";
  if (*key == '\0') return "<unknown type>";
  const std::string at = fmt::format("/{}", key);
  const json& average = member(spec, at + "/target/averageValue");
  const json& current = member(status, at + "/current");
  const auto measured = [&](const char* what) {
    return current.contains(what) ? scalar_text(current.at(what)) : std::string("<unknown>");
  };
  if (type == "Resource" || type == "ContainerResource") {
    const std::string name = text_member(spec, at + "/name");
    if (!average.is_null()) return fmt::format("{}: {}/{}", name, measured("averageValue"), scalar_text(average));
    return fmt::format("{}: {}/{}", name, percent(member(current, "/averageUtilization"), "<unknown>"),
                       percent(member(spec, at + "/target/averageUtilization"), "<auto>"));
  }
  if (type == "Pods") return fmt::format("{}/{}", measured("averageValue"), scalar_text(average));
  if (!average.is_null()) return fmt::format("{}/{} (avg)", measured("averageValue"), scalar_text(average));
  return fmt::format("{}/{}", measured("value"), scalar_text(member(spec, at + "/target/value")));
}

std::string metrics_text(const json& object) {
  const json& specs = member(object, "/spec/metrics");
  const json& statuses = member(object, "/status/currentMetrics");
  if (const json& target = member(object, "/spec/targetCPUUtilizationPercentage"); target.is_number()) {
    return fmt::format("cpu: {}/{}", percent(member(object, "/status/currentCPUUtilizationPercentage"), "<unknown>"),
                       percent(target, ""));
  }
  if (specs.empty()) return "<none>";
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < specs.size() && i < 2; ++i) {
    texts.push_back(metric_text(specs[i], i < statuses.size() ? statuses[i] : json::object()));
  }
  const std::string all = fmt::format("{}", fmt::join(texts, ", "));
  return specs.size() > 2 ? fmt::format("{} + {} more...", all, specs.size() - 2) : all;
}

json autoscaler_cells(const json& object, Now now) {
  const json& least = member(object, "/spec/minReplicas");
  return {fmt::format("{}/{}", text_member(object, "/spec/scaleTargetRef/kind"),
                      text_member(object, "/spec/scaleTargetRef/name")),
          metrics_text(object),
          least.is_number() ? least.dump() : "<unset>",
          number_member(object, "/spec/maxReplicas"),
          number_member(object, "/status/currentReplicas"),
          age_of(object, now)};
}

json budget_cells(const json& object, Now now) {
  const json& least = member(object, "/spec/minAvailable");
  const json& most = member(object, "/spec/maxUnavailable");
  return {least.is_null() ? "N/A" : scalar_text(least), most.is_null() ? "N/A" : scalar_text(most),
          number_member(object, "/status/disruptionsAllowed"), age_of(object, now)};
}

}  // namespace

void add_workload_cells(CellMakers& makers) {
  makers[{"apps", "deployments"}] = deployment_cells;
  makers[{"apps", "replicasets"}] = [](const json& object, Now now) {
    return replica_cells(object, now, selector_text(member(object, "/spec/selector"), "<none>"));
  };
  makers[{"", "replicationcontrollers"}] = [](const json& object, Now now) {
    return replica_cells(object, now, labels_text(member(object, "/spec/selector")));
  };
  makers[{"autoscaling", "horizontalpodautoscalers"}] = autoscaler_cells;
  makers[{"policy", "poddisruptionbudgets"}] = budget_cells;
}

}  // namespace mesh::simulator
