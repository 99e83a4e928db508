#include "providers/simulator/apimachinery/errors/warnings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "providers/simulator/apimachinery/errors/causes.h"
#include "providers/simulator/apimachinery/schema/normalize.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;
using Warnings = std::vector<std::string>;

void warn_of_env(const json& env, const std::string& field, Warnings& warnings) {
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; env.is_array() && i < env.size(); ++i) {
    const std::string name = text_member(env[i], "name");
    if (!seen.emplace(name, i).second)
      warnings.push_back(fmt::format("{}: hides previous definition of \"{}\", which may be dropped when using apply",
                                     at_index(field, i), name));
  }
}

void warn_of_ports(const json& ports, const std::string& field, Warnings& warnings) {
  for (std::size_t i = 0; ports.is_array() && i < ports.size(); ++i) {
    for (std::size_t earlier = 0; earlier < i; ++earlier) {
      if (member_of(ports[i], "containerPort") != member_of(ports[earlier], "containerPort")) continue;
      if (member_of(ports[i], "protocol") != member_of(ports[earlier], "protocol")) continue;
      warnings.push_back(
          fmt::format("{}: duplicate port definition with {}", at_index(field, i), at_index(field, earlier)));
      break;
    }
  }
}

void warn_of_bytes(const json& amounts, const std::string& field, Warnings& warnings) {
  for (const char* name : {"memory", "ephemeral-storage"}) {
    const std::string amount = text_member(amounts, name);
    if (amount.ends_with('m'))
      warnings.push_back(
          fmt::format("{}[{}]: fractional byte value \"{}\" is invalid, must be an integer", field, name, amount));
  }
}

void warn_of_template(const json& object, Warnings& warnings) {
  const json& spec = member_of(member_of(member_of(object, "spec"), "template"), "spec");
  for (const char* list : {"initContainers", "containers"}) {
    const json& containers = member_of(spec, list);
    for (std::size_t i = 0; containers.is_array() && i < containers.size(); ++i) {
      const std::string at = at_index(fmt::format("spec.template.spec.{}", list), i);
      const json& resources = member_of(containers[i], "resources");
      warn_of_bytes(member_of(resources, "limits"), at + ".resources.limits", warnings);
      warn_of_bytes(member_of(resources, "requests"), at + ".resources.requests", warnings);
      warn_of_ports(member_of(containers[i], "ports"), at + ".ports", warnings);
      warn_of_env(member_of(containers[i], "env"), at + ".env", warnings);
    }
  }
}

void warn_of_service(const json& object, Warnings& warnings) {
  const json& spec = member_of(object, "spec");
  const json& outside = member_of(spec, "externalIPs");
  if (outside.is_array() && !outside.empty())
    warnings.emplace_back("spec.externalIPs is deprecated and may no longer be implemented in some clusters");
  if (text_member(spec, "trafficDistribution") == "PreferClose")
    warnings.emplace_back(R"(spec.trafficDistribution: "PreferClose" is deprecated; use "PreferSameZone")");
}

void warn_of_secret(const json& object, Warnings& warnings) {
  if (text_member(object, "type") != "kubernetes.io/tls") return;
  // The beginning of PEM, in base64.
  if (!text_member(member_of(object, "data"), "tls.crt").starts_with("LS0tLS1CRUdJTi"))
    warnings.emplace_back("tls: failed to find any PEM data in certificate input");
}

/// New finalizers of a custom resource should have a domain.
void warn_of_finalizers(const json& before, const json& after, Warnings& warnings) {
  static const std::set<std::string, std::less<>> standard = {"orphan", "foregroundDeletion", "kubernetes"};
  const json& old = member_of(member_of(before, "metadata"), "finalizers");
  std::set<std::string> fresh;
  for (const json& one : member_of(member_of(after, "metadata"), "finalizers")) {
    const bool known = old.is_array() && std::find(old.begin(), old.end(), one) != old.end();
    if (!known && one.is_string()) fresh.insert(one.get<std::string>());
  }
  for (const std::string& one : fresh) {
    if (one.find('/') != std::string::npos || standard.contains(one)) continue;
    warnings.push_back(fmt::format(
        "metadata.finalizers: \"{}\": prefer a domain-qualified finalizer name to avoid accidental conflicts with "
        "other finalizer writers",
        one));
  }
}

}  // namespace

std::vector<std::string> write_warnings(const Write& write, const json& before, const json& after) {
  Warnings warnings;
  if (!write.subresource.empty()) return warnings;
  const bool same =
      member_of(member_of(before, "metadata"), "generation") == member_of(member_of(after, "metadata"), "generation");
  if (write.group == "apps" && (before.is_null() || !same)) warn_of_template(after, warnings);
  if (write.group.empty() && write.kind == "Service") warn_of_service(after, warnings);
  if (write.group.empty() && write.kind == "Secret") warn_of_secret(after, warnings);
  if (schema_for(write).custom) warn_of_finalizers(before, after, warnings);
  return warnings;
}

}  // namespace mesh::simulator
