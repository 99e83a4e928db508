#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "providers/simulator/apimachinery/validation/name_rules.h"
#include "providers/simulator/apimachinery/validation/validate_parts.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;

void validate_volumes(const json& volumes, const std::string& field, Causes& causes) {
  std::set<std::string> names;
  for (std::size_t i = 0; volumes.is_array() && i < volumes.size(); ++i) {
    const std::string at = at_index(field, i);
    int sources = 0;
    for (const auto& [source, value] : volumes[i].items()) {
      if (source == "name") continue;
      if (++sources > 1) causes.forbidden(at + "." + source, "may not specify more than 1 volume type");
    }
    if (sources == 0) causes.required(at, "must specify a volume type");
    const std::string name = text_member(volumes[i], "name");
    if (name.empty()) {
      causes.required(at + ".name");
    } else {
      const auto errors = dns_label_errors(name);
      for (const std::string& error : errors) causes.invalid(at + ".name", name, error);
      if (errors.empty() && !names.insert(name).second) causes.duplicate(at + ".name", name);
    }
  }
}

void one_of(const std::string& value, const std::string& field, const std::vector<std::string>& supported,
            Causes& causes) {
  if (value.empty())
    causes.required(field);
  else if (std::find(supported.begin(), supported.end(), value) == supported.end())
    causes.not_supported(field, value, supported);
}

}  // namespace

void validate_pod_spec(const json& spec, const std::string& field, Causes& causes) {
  validate_volumes(member_of(spec, "volumes"), field + ".volumes", causes);
  validate_containers(spec, "containers", field, causes);
  validate_containers(spec, "initContainers", field, causes);
  one_of(text_member(spec, "restartPolicy"), field + ".restartPolicy", {"Always", "OnFailure", "Never"}, causes);
  one_of(text_member(spec, "dnsPolicy"), field + ".dnsPolicy",
         {"ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"}, causes);
  validate_labels(member_of(spec, "nodeSelector"), field + ".nodeSelector", causes);
  const std::string account = text_member(spec, "serviceAccountName");
  if (account.empty()) return;
  for (const std::string& error : dns_subdomain_errors(account))
    causes.invalid(field + ".serviceAccountName", account, error);
}

void validate_pod(const json& object, Causes& causes) { validate_pod_spec(member_of(object, "spec"), "spec", causes); }

void validate_pod_update(const json& before, const json& after, Causes& causes) {
  // What may change is made equal first.
  json same = member_of(after, "spec");
  const json& old = member_of(before, "spec");
  for (const char* list : {"containers", "initContainers"}) {
    const json& there = member_of(old, list);
    if (!there.is_array() || !same.contains(list) || same[list].size() != there.size()) continue;
    for (std::size_t i = 0; i < there.size(); ++i) same[list][i]["image"] = there[i].value("image", "");
  }
  for (const char* name : {"activeDeadlineSeconds", "tolerations"}) {
    if (old.contains(name))
      same[name] = old.at(name);
    else
      same.erase(name);
  }
  if (same == old) return;
  causes.forbidden(
      "spec",
      "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
      "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
      "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n");
}

}  // namespace mesh::simulator
