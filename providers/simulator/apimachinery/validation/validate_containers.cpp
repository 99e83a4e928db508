#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "providers/simulator/apimachinery/schema/quantity.h"
#include "providers/simulator/apimachinery/validation/name_rules.h"
#include "providers/simulator/apimachinery/validation/validate_parts.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;

constexpr long highest_port = 65535;

const std::vector<std::string>& protocols() {
  static const std::vector<std::string> all = {"SCTP", "TCP", "UDP"};
  return all;
}

void check_names(const std::vector<std::string>& errors, const std::string& field, const std::string& value,
                 Causes& causes) {
  for (const std::string& error : errors) causes.invalid(field, value, error);
}

void check_port_number(long port, const std::string& field, Causes& causes) {
  if (port < 1 || port > highest_port) causes.invalid(field, port, "must be between 1 and 65535, inclusive");
}

void validate_ports(const json& ports, const std::string& field, Causes& causes) {
  std::set<std::string> names;
  for (std::size_t i = 0; ports.is_array() && i < ports.size(); ++i) {
    const std::string at = at_index(field, i);
    const std::string name = text_member(ports[i], "name");
    if (!name.empty()) {
      const auto errors = port_name_errors(name);
      check_names(errors, at + ".name", name, causes);
      if (errors.empty() && !names.insert(name).second) causes.duplicate(at + ".name", name);
    }
    const long number = number_member(ports[i], "containerPort");
    if (number == 0)
      causes.required(at + ".containerPort");
    else
      check_port_number(number, at + ".containerPort", causes);
    if (const long host = number_member(ports[i], "hostPort"); host != 0)
      check_port_number(host, at + ".hostPort", causes);
    const std::string protocol = text_member(ports[i], "protocol");
    if (protocol.empty())
      causes.required(at + ".protocol");
    else if (std::find(protocols().begin(), protocols().end(), protocol) == protocols().end())
      causes.not_supported(at + ".protocol", protocol, protocols());
  }
}

void validate_env(const json& env, const std::string& field, Causes& causes) {
  for (std::size_t i = 0; env.is_array() && i < env.size(); ++i) {
    const std::string at = at_index(field, i);
    const std::string name = text_member(env[i], "name");
    if (name.empty())
      causes.required(at + ".name");
    else
      check_names(environment_name_errors(name), at + ".name", name, causes);
    const json& from = member_of(env[i], "valueFrom");
    if (!from.is_object()) continue;
    if (!text_member(env[i], "value").empty())
      causes.invalid(at + ".valueFrom", "", "may not be specified when `value` is not empty");
    else if (from.empty())
      causes.invalid(at + ".valueFrom", "",
                     "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, "
                     "`secretKeyRef` or `fileKeyRef`");
  }
}

void validate_probe(const json& probe, const std::string& field, Causes& causes) {
  if (!probe.is_object()) return;
  int handlers = 0;
  for (const char* name : {"exec", "httpGet", "tcpSocket", "grpc"}) {
    if (!probe.contains(name)) continue;
    if (++handlers > 1) causes.forbidden(fmt::format("{}.{}", field, name), "may not specify more than 1 handler type");
  }
  if (handlers == 0) causes.required(field, "must specify a handler type");
  for (const char* name :
       {"initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"})
    if (number_member(probe, name) < 0)
      causes.invalid(fmt::format("{}.{}", field, name), number_member(probe, name),
                     "must be greater than or equal to 0");
}

void validate_resources(const json& resources, const std::string& field, Causes& causes) {
  for (const char* list : {"limits", "requests"}) {
    const json& amounts = member_of(resources, list);
    if (!amounts.is_object()) continue;
    for (const auto& [name, amount] : amounts.items())
      if (compare_quantities(amount, "0") < 0)
        causes.invalid(fmt::format("{}.{}[{}]", field, list, name), amount, "must be greater than or equal to 0");
  }
  const json& limits = member_of(resources, "limits");
  const json& requests = member_of(resources, "requests");
  if (!limits.is_object() || !requests.is_object()) return;
  for (const auto& [name, amount] : requests.items()) {
    if (limits.contains(name) && compare_quantities(amount, limits.at(name)) > 0)
      causes.invalid(
          field + ".requests", amount,
          fmt::format("must be less than or equal to {} limit of {}", name, limits.at(name).get<std::string>()));
  }
}

void validate_mounts(const json& spec, const json& mounts, const std::string& field, Causes& causes) {
  std::set<std::string> volumes;
  for (const json& volume : spec.value("volumes", json::array())) volumes.insert(text_member(volume, "name"));
  std::set<std::string> paths;
  for (std::size_t i = 0; mounts.is_array() && i < mounts.size(); ++i) {
    const std::string at = at_index(field, i);
    const std::string name = text_member(mounts[i], "name");
    const std::string path = text_member(mounts[i], "mountPath");
    if (name.empty())
      causes.required(at + ".name");
    else if (!volumes.contains(name))
      causes.not_found(at + ".name", name);
    if (path.empty())
      causes.required(at + ".mountPath");
    else if (!paths.insert(path).second)
      causes.invalid(at + ".mountPath", path, "must be unique");
  }
}

void validate_container(const json& spec, const json& container, const std::string& at, std::set<std::string>& names,
                        Causes& causes) {
  const std::string name = text_member(container, "name");
  if (name.empty())
    causes.required(at + ".name");
  else if (const auto errors = dns_label_errors(name); !errors.empty())
    check_names(errors, at + ".name", name, causes);
  else if (!names.insert(name).second)
    causes.duplicate(at + ".name", name);
  const std::string image = text_member(container, "image");
  if (image.empty())
    causes.required(at + ".image");
  else if (image.front() == ' ' || image.back() == ' ')
    causes.invalid(at + ".image", image, "must not have leading or trailing whitespace");
  for (const char* probe : {"livenessProbe", "readinessProbe", "startupProbe"})
    validate_probe(member_of(container, probe), fmt::format("{}.{}", at, probe), causes);
  validate_ports(member_of(container, "ports"), at + ".ports", causes);
  validate_env(member_of(container, "env"), at + ".env", causes);
  validate_mounts(spec, member_of(container, "volumeMounts"), at + ".volumeMounts", causes);
  const std::string pull = text_member(container, "imagePullPolicy");
  if (pull != "Always" && pull != "IfNotPresent" && pull != "Never")
    causes.not_supported(at + ".imagePullPolicy", pull, {"Always", "IfNotPresent", "Never"});
  validate_resources(member_of(container, "resources"), at + ".resources", causes);
}

}  // namespace

void validate_containers(const json& spec, const char* list, const std::string& field, Causes& causes) {
  const json& containers = member_of(spec, list);
  const std::string at = fmt::format("{}.{}", field, list);
  if ((!containers.is_array() || containers.empty()) && std::string(list) == "containers") return causes.required(at);
  std::set<std::string> names;
  for (std::size_t i = 0; containers.is_array() && i < containers.size(); ++i)
    validate_container(spec, containers[i], at_index(at, i), names, causes);
}

}  // namespace mesh::simulator
