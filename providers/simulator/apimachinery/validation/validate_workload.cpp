#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/apimachinery/validation/validate_parts.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;

void not_negative(const json& spec, const char* name, Causes& causes) {
  const long number = number_member(spec, name);
  if (number < 0) causes.invalid(fmt::format("spec.{}", name), number, "must be greater than or equal to 0");
}

/// The server prints a selector in the order of its type.
std::string selector_text(const json& selector) {
  if (selector.is_null()) return "null";
  std::string text;
  for (const char* name : {"matchLabels", "matchExpressions"})
    if (selector.contains(name))
      text += fmt::format("{}\"{}\":{}", text.empty() ? "" : ",", name, selector.at(name).dump());
  return "{" + text + "}";
}

bool matches(const json& selector, const json& labels) {
  if (!selector.is_object()) return false;
  const json desired = selector.value("matchLabels", json::object());
  for (const auto& [key, value] : desired.items())
    if (labels.value(key, json()) != value) return false;
  const json& expressions = member_of(selector, "matchExpressions");
  for (const json& one : expressions.is_array() ? expressions : json::array()) {
    const std::string operation = text_member(one, "operator");
    const std::string key = text_member(one, "key");
    const json& values = member_of(one, "values");
    const bool has = labels.contains(key);
    const bool listed =
        has && values.is_array() && std::find(values.begin(), values.end(), labels.at(key)) != values.end();
    if ((operation == "Exists" && !has) || (operation == "DoesNotExist" && has) || (operation == "In" && !listed) ||
        (operation == "NotIn" && listed))
      return false;
  }
  return true;
}

void validate_template(const json& spec, Causes& causes) {
  const json& pod = member_of(spec, "template");
  const json& labels = member_of(member_of(pod, "metadata"), "labels");
  const json& selector = member_of(spec, "selector");
  const bool empty = selector.is_object() && selector.empty();
  if (!empty && !matches(selector, labels.is_object() ? labels : json::object()))
    causes.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`");
  validate_labels(labels, "spec.template.labels", causes);
  const json& inner = member_of(pod, "spec");
  validate_pod_spec(inner, "spec.template.spec", causes);
  const std::string policy = text_member(inner, "restartPolicy");
  if (policy == "Never" || policy == "OnFailure")
    causes.not_supported("spec.template.spec.restartPolicy", policy, {"Always"});
  if (inner.contains("activeDeadlineSeconds"))
    causes.forbidden("spec.template.spec.activeDeadlineSeconds",
                     "activeDeadlineSeconds in ReplicaSet is not Supported");
}

void validate_selector_and_template(const json& spec, Causes& causes) {
  const json& selector = member_of(spec, "selector");
  bool usable = true;
  if (selector.is_null()) {
    causes.required("spec.selector");
  } else {
    usable = validate_selector(selector, "spec.selector", causes);
    if (selector.empty()) causes.invalid("spec.selector", selector, "empty selector is invalid for deployment");
  }
  if (usable)
    validate_template(spec, causes);
  else
    causes.invalid_text("spec.selector", selector_text(selector), "invalid label selector");
}

bool is_percentage(const std::string& text) {
  return text.size() > 1 && text.back() == '%' && text.find_first_not_of("0123456789") == text.size() - 1;
}

}  // namespace

bool validate_share(const json& share, const std::string& field, Causes& causes) {
  if (share.is_number()) {
    if (share < 0) causes.invalid(field, share, "must be greater than or equal to 0");
    return share == 0;
  }
  const std::string text = share.is_string() ? share.get<std::string>() : "";
  const bool percent = is_percentage(text);
  if (!percent) {
    causes.invalid(
        field, text,
        "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex "
        "used for validation is '[0-9]+%')");
  }
  return percent && text.find_first_not_of('0') == text.size() - 1;
}

void validate_share_of_all(const json& share, const std::string& field, Causes& causes) {
  const std::string text = share.is_string() ? share.get<std::string>() : "";
  const std::string digits = is_percentage(text) ? text.substr(0, text.size() - 1) : "0";
  if (digits.size() > 3 || std::stoi(digits) > 100) causes.invalid(field, text, "must not be greater than 100%");
}

namespace {

void validate_strategy(const json& strategy, Causes& causes) {
  const std::string type = text_member(strategy, "type");
  const json& rolling = member_of(strategy, "rollingUpdate");
  if (type == "Recreate") {
    if (!rolling.is_null())
      causes.forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
  } else if (type == "RollingUpdate") {
    const std::string down = "spec.strategy.rollingUpdate.maxUnavailable";
    const bool none_down = validate_share(member_of(rolling, "maxUnavailable"), down, causes);
    const bool none_up = validate_share(member_of(rolling, "maxSurge"), "spec.strategy.rollingUpdate.maxSurge", causes);
    if (none_down && none_up)
      causes.invalid(down, member_of(rolling, "maxUnavailable"), "may not be 0 when `maxSurge` is 0");
    validate_share_of_all(member_of(rolling, "maxUnavailable"), down, causes);
  } else {
    causes.add("FieldValueNotSupported", "spec.strategy",
               fmt::format("Unsupported value: {{\"Type\":{},\"RollingUpdate\":{}}}: supported values: \"Recreate\", "
                           "\"RollingUpdate\"",
                           json(type).dump(), rolling.dump()));
  }
}

void check_selector_kept(const json& before, const json& after, Causes& causes) {
  const json& selector = member_of(member_of(after, "spec"), "selector");
  if (selector != member_of(member_of(before, "spec"), "selector"))
    causes.invalid_text("spec.selector", selector_text(selector), "field is immutable");
}

}  // namespace

void validate_deployment(const json& object, Causes& causes) {
  const json& spec = member_of(object, "spec");
  not_negative(spec, "replicas", causes);
  validate_selector_and_template(spec, causes);
  validate_strategy(member_of(spec, "strategy"), causes);
  not_negative(spec, "minReadySeconds", causes);
  not_negative(spec, "revisionHistoryLimit", causes);
  const json& deadline = member_of(spec, "progressDeadlineSeconds");
  if (!deadline.is_number()) return;
  not_negative(spec, "progressDeadlineSeconds", causes);
  if (deadline <= number_member(spec, "minReadySeconds"))
    causes.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
}

void validate_deployment_update(const json& before, const json& after, Causes& causes) {
  validate_deployment(after, causes);
  check_selector_kept(before, after, causes);
}

void validate_replica_set(const json& object, Causes& causes) {
  const json& spec = member_of(object, "spec");
  not_negative(spec, "replicas", causes);
  not_negative(spec, "minReadySeconds", causes);
  validate_selector_and_template(spec, causes);
}

void validate_replica_set_update(const json& before, const json& after, Causes& causes) {
  validate_replica_set(after, causes);
  check_selector_kept(before, after, causes);
}

}  // namespace mesh::simulator
