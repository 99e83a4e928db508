#include "providers/simulator/apimachinery/validation/validate_pod.h"

#include <fmt/format.h>

#include <set>

#include "providers/simulator/apimachinery/schema/quantity.h"
#include "providers/simulator/apimachinery/validation/name_rules.h"
#include "providers/simulator/apimachinery/validation/validate_metadata.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;
using Names = std::set<std::string>;

constexpr long highest_port = 65535;

void check_port_number(long port, const std::string& field, Causes& causes) {
  if (port < 1 || port > highest_port) causes.invalid(field, port, "must be between 1 and 65535, inclusive");
}

/// A name that stands once in its list; whether it has to be there is not checked.
void check_name(const std::string& why, const std::string& field, const std::string& name, Names& names,
                Causes& causes) {
  causes.invalid_if(why, field, name);
  if (why.empty() && !names.insert(name).second) causes.duplicate(field, name);
}

void required_one_of(const std::string& field, const std::string& value, std::initializer_list<const char*> supported,
                     Causes& causes) {
  if (value.empty())
    causes.required(field);
  else
    causes.one_of(field, value, supported);
}

void validate_ports(const json& ports, const std::string& field, Causes& causes) {
  Names names;
  for (std::size_t i = 0; i < ports.size(); ++i) {
    const std::string at = at_index(field, i);
    if (const std::string name = text(ports[i], {"name"}); !name.empty())
      check_name(port_name_error(name), at + ".name", name, names, causes);
    if (const long port = number(ports[i], {"containerPort"}); port == 0)
      causes.required(at + ".containerPort");
    else
      check_port_number(port, at + ".containerPort", causes);
    if (const long host = number(ports[i], {"hostPort"}); host != 0) check_port_number(host, at + ".hostPort", causes);
    required_one_of(at + ".protocol", text(ports[i], {"protocol"}), {"SCTP", "TCP", "UDP"}, causes);
  }
}

void validate_env(const json& env, const std::string& field, Causes& causes) {
  for (std::size_t i = 0; i < env.size(); ++i) {
    const std::string at = at_index(field, i);
    const std::string name = text(env[i], {"name"});
    if (name.empty()) causes.required(at + ".name");
    causes.invalid_if(environment_name_error(name), at + ".name", name);
    const json& from = member(env[i], {"valueFrom"});
    if (!from.is_object()) continue;
    if (!text(env[i], {"value"}).empty())
      causes.invalid(at + ".valueFrom", "", "may not be specified when `value` is not empty");
    else if (from.empty())
      causes.invalid(at + ".valueFrom", "", "must specify one source");
  }
}

void validate_probe(const json& probe, const std::string& field, Causes& causes) {
  if (!probe.is_object()) return;
  int handlers = 0;
  for (const char* name : {"exec", "httpGet", "tcpSocket", "grpc"})
    if (probe.contains(name) && ++handlers > 1)
      causes.forbidden(fmt::format("{}.{}", field, name), "may not specify more than 1 handler type");
  if (handlers == 0) causes.required(field, "must specify a handler type");
  for (const char* name :
       {"initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"})
    causes.not_negative(fmt::format("{}.{}", field, name), member(probe, {name}));
}

void validate_resources(const json& resources, const std::string& field, Causes& causes) {
  for (const char* list : {"limits", "requests"})
    for (const auto& [name, amount] : member(resources, {list}).items())
      if (compare_quantities(amount, "0") < 0)
        causes.invalid(fmt::format("{}.{}[{}]", field, list, name), amount, "must be greater than or equal to 0");
  for (const auto& [name, amount] : member(resources, {"requests"}).items()) {
    const std::string limit = text(resources, {"limits", name.c_str()});
    if (!limit.empty() && compare_quantities(amount, limit) > 0)
      causes.invalid(field + ".requests", amount,
                     fmt::format("must be less than or equal to {} limit of {}", name, limit));
  }
}

void validate_mounts(const json& spec, const json& mounts, const std::string& field, Causes& causes) {
  Names volumes;
  for (const json& volume : items(spec, {"volumes"})) volumes.insert(text(volume, {"name"}));
  Names paths;
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    const std::string at = at_index(field, i);
    const std::string name = text(mounts[i], {"name"});
    const std::string path = text(mounts[i], {"mountPath"});
    if (name.empty())
      causes.required(at + ".name");
    else if (!volumes.contains(name))
      causes.add("FieldValueNotFound", at + ".name", "Not found: " + json(name).dump());
    if (path.empty())
      causes.required(at + ".mountPath");
    else if (!paths.insert(path).second)
      causes.invalid(at + ".mountPath", path, "must be unique");
  }
}

void validate_containers(const json& spec, const char* list, const std::string& field, Causes& causes) {
  const json& containers = items(spec, {list});
  Names names;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    const json& container = containers[i];
    const std::string at = at_index(fmt::format("{}.{}", field, list), i);
    if (const std::string name = text(container, {"name"}); name.empty())
      causes.required(at + ".name");
    else
      check_name(dns_label_error(name), at + ".name", name, names, causes);
    if (text(container, {"image"}).empty()) causes.required(at + ".image");
    for (const char* probe : {"livenessProbe", "readinessProbe", "startupProbe"})
      validate_probe(member(container, {probe}), fmt::format("{}.{}", at, probe), causes);
    validate_ports(items(container, {"ports"}), at + ".ports", causes);
    validate_env(items(container, {"env"}), at + ".env", causes);
    validate_mounts(spec, items(container, {"volumeMounts"}), at + ".volumeMounts", causes);
    causes.one_of(at + ".imagePullPolicy", text(container, {"imagePullPolicy"}), {"Always", "IfNotPresent", "Never"});
    validate_resources(member(container, {"resources"}), at + ".resources", causes);
  }
}

void validate_volumes(const json& volumes, const std::string& field, Causes& causes) {
  Names names;
  for (std::size_t i = 0; i < volumes.size(); ++i) {
    const std::string at = at_index(field, i);
    int sources = 0;
    for (const auto& [source, value] : volumes[i].items())
      if (source != "name" && ++sources > 1)
        causes.forbidden(at + "." + source, "may not specify more than 1 volume type");
    if (sources == 0) causes.required(at, "must specify a volume type");
    if (const std::string name = text(volumes[i], {"name"}); name.empty())
      causes.required(at + ".name");
    else
      check_name(dns_label_error(name), at + ".name", name, names, causes);
  }
}

}  // namespace

void validate_pod_spec(const json& spec, const std::string& field, Causes& causes) {
  validate_volumes(items(spec, {"volumes"}), field + ".volumes", causes);
  if (items(spec, {"containers"}).empty()) causes.required(field + ".containers");
  for (const char* list : {"containers", "initContainers"}) validate_containers(spec, list, field, causes);
  required_one_of(field + ".restartPolicy", text(spec, {"restartPolicy"}), {"Always", "OnFailure", "Never"}, causes);
  required_one_of(field + ".dnsPolicy", text(spec, {"dnsPolicy"}),
                  {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"}, causes);
  validate_labels(member(spec, {"nodeSelector"}), field + ".nodeSelector", causes);
  if (const std::string account = text(spec, {"serviceAccountName"}); !account.empty())
    causes.invalid_if(dns_subdomain_error(account), field + ".serviceAccountName", account);
}

void validate_pod(const json& object, Causes& causes) { validate_pod_spec(member(object, {"spec"}), "spec", causes); }

void validate_pod_update(const json& before, const json& after, Causes& causes) {
  // What may change is made equal first.
  json same = member(after, {"spec"});
  const json& old = member(before, {"spec"});
  for (const char* list : {"containers", "initContainers"}) {
    const json& there = items(old, {list});
    if (there.empty() || items(same, {list}).size() != there.size()) continue;
    for (std::size_t i = 0; i < there.size(); ++i) same[list][i]["image"] = there[i].value("image", "");
  }
  for (const char* name : {"activeDeadlineSeconds", "tolerations"}) {
    if (old.contains(name))
      same[name] = old.at(name);
    else
      same.erase(name);
  }
  if (same != old) causes.forbidden("spec", "pod updates may change images and tolerations only");
}

}  // namespace mesh::simulator
