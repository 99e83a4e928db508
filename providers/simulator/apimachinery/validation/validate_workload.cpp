#include "providers/simulator/apimachinery/validation/validate_workload.h"

#include <fmt/format.h>

#include "providers/simulator/apimachinery/validation/name_rules.h"
#include "providers/simulator/apimachinery/validation/validate_metadata.h"
#include "providers/simulator/apimachinery/validation/validate_pod.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

void not_negative(const json& spec, std::initializer_list<const char*> names, Causes& causes) {
  for (const char* name : names) causes.not_negative(fmt::format("spec.{}", name), member(spec, {name}));
}

void validate_template(const json& spec, Causes& causes) {
  const json& labels = member(spec, {"template", "metadata", "labels"});
  const json& selector = member(spec, {"selector"});
  const bool empty = selector.is_object() && selector.empty();
  if (!empty && (selector.is_null() || !selects(selector, labels_of(member(spec, {"template"})))))
    causes.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`");
  validate_labels(labels, "spec.template.labels", causes);
  const json& pod = member(spec, {"template", "spec"});
  validate_pod_spec(pod, "spec.template.spec", causes);
  const std::string policy = text(pod, {"restartPolicy"});
  if (policy == "Never" || policy == "OnFailure") causes.one_of("spec.template.spec.restartPolicy", policy, {"Always"});
  if (pod.contains("activeDeadlineSeconds"))
    causes.forbidden("spec.template.spec.activeDeadlineSeconds", "not supported in a ReplicaSet");
}

void validate_selector_and_template(const json& spec, Causes& causes) {
  const std::string field = "spec.selector";
  const json& selector = member(spec, {"selector"});
  if (selector.is_null()) {
    causes.required(field);
  } else if (!validate_selector(selector, field, causes)) {
    return causes.invalid(field, selector, "invalid label selector");
  } else if (selector.empty()) {
    causes.invalid(field, selector, "empty selector is invalid for deployment");
  }
  validate_template(spec, causes);
}

bool is_percentage(const std::string& share) {
  return share.size() > 1 && share.back() == '%' && share.find_first_not_of("0123456789") == share.size() - 1;
}

/// A number or a percentage; answers whether it is zero.
bool validate_share(const json& share, const std::string& field, Causes& causes) {
  causes.not_negative(field, share);
  if (share.is_number()) return share == 0;
  const std::string percent = share.is_string() ? share.get<std::string>() : "";
  if (is_percentage(percent)) return percent.find_first_not_of('0') == percent.size() - 1;
  causes.invalid(field, share, "must be a number or a percentage (e.g. '1%')");
  return false;
}

void validate_share_of_all(const json& share, const std::string& field, Causes& causes) {
  const std::string percent = share.is_string() ? share.get<std::string>() : "";
  if (is_percentage(percent) && (percent.size() > 4 || std::stoi(percent) > 100))
    causes.invalid(field, share, "must not be greater than 100%");
}

void validate_strategy(const json& strategy, Causes& causes) {
  const std::string type = text(strategy, {"type"});
  const json& down = member(strategy, {"rollingUpdate", "maxUnavailable"});
  if (type == "RollingUpdate") {
    const std::string field = "spec.strategy.rollingUpdate.maxUnavailable";
    const bool none_down = validate_share(down, field, causes);
    const bool none_up =
        validate_share(member(strategy, {"rollingUpdate", "maxSurge"}), "spec.strategy.rollingUpdate.maxSurge", causes);
    if (none_down && none_up) causes.invalid(field, down, "may not be 0 when `maxSurge` is 0");
    validate_share_of_all(down, field, causes);
  } else if (type != "Recreate") {
    causes.one_of("spec.strategy", type, {"Recreate", "RollingUpdate"});
  } else if (!member(strategy, {"rollingUpdate"}).is_null()) {
    causes.forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
  }
}

void check_selector_kept(const json& before, const json& after, Causes& causes) {
  const json& selector = member(after, {"spec", "selector"});
  if (selector != member(before, {"spec", "selector"})) causes.invalid("spec.selector", selector, "field is immutable");
}

void validate_metric(const json& metric, const std::string& at, Causes& causes) {
  const std::string type = text(metric, {"type"});
  if (type.empty()) return causes.required(at + ".type", "must specify a metric source type");
  const std::size_t before = causes.all.size();
  causes.one_of(at + ".type", type, {"ContainerResource", "External", "Object", "Pods", "Resource"});
  if (causes.all.size() != before) return;
  std::string name = type;
  name[0] = static_cast<char>(std::tolower(name[0]));
  const json& source = member(metric, {name.c_str()});
  if (source.is_null())
    return causes.required(at + "." + name, "must populate information for the given metric source");
  if (type != "Resource") return;
  if (text(source, {"name"}).empty()) causes.required(at + ".resource.name", "must specify a resource name");
  const json& target = member(source, {"target"});
  if (text(target, {"type"}).empty()) causes.required(at + ".resource.target.type", "must specify a target type");
  for (const char* value : {"averageUtilization", "value", "averageValue"})
    if (target.contains(value)) return;
  causes.required(at + ".resource.target.averageUtilization", "must set a target value or a target utilization");
}

}  // namespace

void validate_deployment(const json& object, Causes& causes) {
  const json& spec = member(object, {"spec"});
  not_negative(spec, {"replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"}, causes);
  validate_selector_and_template(spec, causes);
  validate_strategy(member(spec, {"strategy"}), causes);
  const json& deadline = member(spec, {"progressDeadlineSeconds"});
  if (deadline.is_number() && deadline <= number(spec, {"minReadySeconds"}))
    causes.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
}

void validate_deployment_update(const json& before, const json& after, Causes& causes) {
  validate_deployment(after, causes);
  check_selector_kept(before, after, causes);
}

void validate_replica_set(const json& object, Causes& causes) {
  const json& spec = member(object, {"spec"});
  not_negative(spec, {"replicas", "minReadySeconds"}, causes);
  validate_selector_and_template(spec, causes);
}

void validate_replica_set_update(const json& before, const json& after, Causes& causes) {
  validate_replica_set(after, causes);
  check_selector_kept(before, after, causes);
}

void validate_disruption_budget(const json& object, Causes& causes) {
  const json& spec = member(object, {"spec"});
  if (spec.contains("minAvailable") && spec.contains("maxUnavailable"))
    causes.invalid("spec", spec, "minAvailable and maxUnavailable cannot be both set");
  for (const char* name : {"minAvailable", "maxUnavailable"}) {
    const json& share = member(spec, {name});
    if (share.is_null()) continue;
    validate_share(share, fmt::format("spec.{}", name), causes);
    validate_share_of_all(share, fmt::format("spec.{}", name), causes);
  }
  validate_selector(member(spec, {"selector"}), "spec.selector", causes);
  if (const std::string policy = text(spec, {"unhealthyPodEvictionPolicy"}); !policy.empty())
    causes.one_of("spec.unhealthyPodEvictionPolicy", policy, {"AlwaysAllow", "IfHealthyBudget"});
}

void validate_autoscaler(const json& object, Causes& causes) {
  const json& spec = member(object, {"spec"});
  const long least = number(spec, {"minReplicas"}, 1);
  const long most = number(spec, {"maxReplicas"});
  if (least < 1) causes.invalid("spec.minReplicas", least, "must be greater than or equal to 1");
  if (most < 1) causes.required("spec.maxReplicas", "must be set and greater than 0");
  if (most < least) causes.invalid("spec.maxReplicas", most, "must be greater than or equal to `minReplicas`");
  const json& target = member(spec, {"scaleTargetRef"});
  for (const char* name : {"kind", "name"}) {
    const std::string value = text(target, {name});
    const std::string field = fmt::format("spec.scaleTargetRef.{}", name);
    if (value.empty()) causes.required(field);
    causes.invalid_if(path_segment_error(value), field, value);
  }
  const std::string version = text(target, {"apiVersion"});
  if (version.find('/') == std::string::npos)
    causes.invalid("spec.scaleTargetRef.apiVersion", version, "apiVersion must specify API group");
  bool outside = false;
  const json& metrics = items(spec, {"metrics"});
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    validate_metric(metrics[i], at_index("spec.metrics", i), causes);
    const std::string type = text(metrics[i], {"type"});
    outside = outside || type == "Object" || type == "External";
  }
  if (least == 0 && !metrics.empty() && !outside)
    causes.forbidden("spec.metrics", "scaling to zero replicas needs an Object or External metric");
}

}  // namespace mesh::simulator
