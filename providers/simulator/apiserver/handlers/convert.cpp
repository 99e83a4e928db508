#include "providers/simulator/apiserver/handlers/convert.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

constexpr const char* autoscaling_v1 = "autoscaling/v1";
constexpr const char* metrics_annotation = "autoscaling.alpha.kubernetes.io/metrics";
constexpr const char* behavior_annotation = "autoscaling.alpha.kubernetes.io/behavior";

bool is_cpu_target(const json& metric) {
  return metric.value("type", "") == "Resource" && metric.contains("resource") &&
         metric["resource"].value("name", "") == "cpu" && metric["resource"].contains("target") &&
         metric["resource"]["target"].contains("averageUtilization");
}

// The first CPU utilization becomes a field; what version 1 cannot say goes into annotations.
json to_v1(json object) {
  json& spec = object["spec"];
  json rest = json::array();
  for (const json& metric : spec.value("metrics", json::array())) {
    if (is_cpu_target(metric) && !spec.contains("targetCPUUtilizationPercentage")) {
      spec["targetCPUUtilizationPercentage"] = metric["resource"]["target"]["averageUtilization"];
    } else {
      rest.push_back(metric);
    }
  }
  spec.erase("metrics");
  if (!rest.empty()) object["metadata"]["annotations"][metrics_annotation] = rest.dump();
  if (spec.contains("behavior")) {
    object["metadata"]["annotations"][behavior_annotation] = spec["behavior"].dump();
    spec.erase("behavior");
  }
  if (object.contains("status")) {
    json& status = object["status"];
    status.erase("currentMetrics");
    status.erase("conditions");
    if (!status.contains("currentReplicas")) status["currentReplicas"] = 0;
    if (!status.contains("desiredReplicas")) status["desiredReplicas"] = 0;
  }
  return object;
}

json to_v2(json object) {
  json& spec = object["spec"];
  json metrics = json::array();
  json& metadata = object["metadata"];
  if (const auto target = spec.find("targetCPUUtilizationPercentage"); target != spec.end()) {
    metrics.push_back(
        {{"type", "Resource"},
         {"resource", {{"name", "cpu"}, {"target", {{"type", "Utilization"}, {"averageUtilization", *target}}}}}});
    spec.erase("targetCPUUtilizationPercentage");
  }
  if (metadata.contains("annotations")) {
    json& annotations = metadata["annotations"];
    const auto take = [&](const char* key) {
      json value;
      if (const auto found = annotations.find(key); found != annotations.end() && found->is_string()) {
        value = json::parse(found->get<std::string>(), nullptr, false);
        annotations.erase(key);
      }
      return value;
    };
    if (const json more = take(metrics_annotation); more.is_array())
      metrics.insert(metrics.end(), more.begin(), more.end());
    if (const json behavior = take(behavior_annotation); behavior.is_object()) spec["behavior"] = behavior;
    if (annotations.empty()) metadata.erase("annotations");
  }
  if (!metrics.empty()) spec["metrics"] = metrics;
  if (const auto status = object.find("status"); status != object.end() && status->is_object()) {
    if (status->value("currentReplicas", 0) == 0) status->erase("currentReplicas");
    if (!status->contains("currentMetrics")) (*status)["currentMetrics"] = nullptr;
  }
  return object;
}

}  // namespace

bool needs_conversion(const std::string& kind, const std::string& from, const std::string& to) {
  return kind == "HorizontalPodAutoscaler" && from != to;
}

json converted(json object, const std::string& to) {
  const std::string from = object.value("apiVersion", "");
  if (needs_conversion(object.value("kind", ""), from, to)) {
    object = from == autoscaling_v1 ? to_v2(std::move(object)) : to_v1(std::move(object));
  }
  object["apiVersion"] = to;
  return object;
}

}  // namespace mesh::simulator
