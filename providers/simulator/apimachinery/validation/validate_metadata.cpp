#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/apimachinery/schema/normalize.h"
#include "providers/simulator/apimachinery/validation/name_rules.h"
#include "providers/simulator/apimachinery/validation/validate_parts.h"

namespace mesh::simulator {

namespace {

using nlohmann::json;

constexpr std::size_t most_annotations = std::size_t{256} * 1024;
constexpr std::size_t longest_manager = 128;

std::vector<std::string> name_errors(const Write& write, const std::string& name) {
  if (write.group == "rbac.authorization.k8s.io") return path_segment_errors(name);
  if (write.group.empty() && (write.kind == "Namespace" || write.kind == "Service")) return dns_label_errors(name);
  return dns_subdomain_errors(name);
}

void validate_name(const Write& write, const json& metadata, Causes& causes) {
  const std::string name = text_member(metadata, "name");
  const std::string prefix = text_member(metadata, "generateName");
  if (name.empty()) return causes.required("metadata.name", "name or generateName is required");
  // The rest of a generated name starts with a letter or digit.
  if (!prefix.empty())
    for (const std::string& error :
         name_errors(write, prefix.ends_with('-') ? prefix.substr(0, prefix.size() - 1) : prefix))
      causes.invalid("metadata.generateName", prefix, error);
  for (const std::string& error : name_errors(write, name)) causes.invalid("metadata.name", name, error);
}

void validate_annotations(const json& annotations, Causes& causes) {
  std::size_t size = 0;
  if (!annotations.is_object()) return;
  for (const auto& [key, value] : annotations.items()) {
    std::string lower = key;
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    for (const std::string& error : qualified_name_errors(lower)) causes.invalid("metadata.annotations", key, error);
    size += key.size() + (value.is_string() ? value.get_ref<const std::string&>().size() : 0);
  }
  if (size > most_annotations) causes.too_long("metadata.annotations", most_annotations);
}

void validate_owners(const json& owners, Causes& causes) {
  if (!owners.is_array()) return;
  const json* controller = nullptr;
  const std::string field = "metadata.ownerReferences";
  for (const json& owner : owners) {
    for (const char* name : {"apiVersion", "kind", "name", "uid"})
      if (text_member(owner, name).empty()) causes.invalid(field + "." + name, "", "must not be empty");
    if (member_of(owner, "controller") != true) continue;
    if (controller != nullptr) {
      const auto named = [](const json& one) { return text_member(one, "kind") + "/" + text_member(one, "name"); };
      std::string list;
      for (const json& one : owners)
        list += fmt::format(R"({}{{"apiVersion":{},"kind":{},"name":{},"uid":{}{}}})", list.empty() ? "" : ",",
                            one["apiVersion"].dump(), one["kind"].dump(), one["name"].dump(), one["uid"].dump(),
                            one.contains("controller") ? ",\"controller\":" + one["controller"].dump() : "");
      causes.invalid_text(
          field, "[" + list + "]",
          fmt::format("Only one reference can have Controller set to true. Found \"true\" in references "
                      "for {} and {}",
                      named(*controller), named(owner)));
      return;
    }
    controller = &owner;
  }
}

void validate_finalizers(const json& finalizers, Causes& causes) {
  if (!finalizers.is_array()) return;
  for (std::size_t i = 0; i < finalizers.size(); ++i) {
    const std::string name = finalizers[i].is_string() ? finalizers[i].get<std::string>() : "";
    const std::string field = at_index("metadata.finalizers", i);
    const auto errors = qualified_name_errors(name);
    for (const std::string& error : errors) causes.invalid(field, name, error);
    const bool standard = name == "kubernetes" || name == "orphan" || name == "foregroundDeletion";
    if (errors.empty() && !standard && name.find('/') == std::string::npos)
      causes.invalid(field, name, "name is neither a standard finalizer name nor is it fully qualified");
  }
}

void validate_managers(const json& managers, Causes& causes) {
  for (std::size_t i = 0; managers.is_array() && i < managers.size(); ++i)
    if (text_member(managers[i], "manager").size() > longest_manager)
      causes.too_long(at_index("metadata.managedFields", i) + ".manager", longest_manager);
}

void validate_no_new_finalizers(const json& old, const json& now, Causes& causes) {
  if (!old.contains("deletionTimestamp")) return;
  const json before = old.value("finalizers", json::array());
  std::string added;
  for (const json& finalizer : now.value("finalizers", json::array()))
    if (std::find(before.begin(), before.end(), finalizer) == before.end())
      added += (added.empty() ? "" : ", ") + finalizer.dump();
  if (!added.empty()) {
    causes.forbidden("metadata.finalizers",
                     fmt::format("no new finalizers can be added if the object is being deleted, found new finalizers "
                                 "[]string{{{}}}",
                                 added));
  }
}

}  // namespace

void validate_labels(const json& labels, const std::string& field, Causes& causes) {
  if (!labels.is_object()) return;
  for (const auto& [key, value] : labels.items()) {
    for (const std::string& error : qualified_name_errors(key)) causes.invalid(field, key, error);
    if (!value.is_string()) continue;
    for (const std::string& error : label_value_errors(value.get<std::string>())) causes.invalid(field, value, error);
  }
}

bool validate_selector(const json& selector, const std::string& field, Causes& causes) {
  const std::size_t before = causes.all.size();
  validate_labels(member_of(selector, "matchLabels"), field + ".matchLabels", causes);
  bool usable = true;
  const json& expressions = member_of(selector, "matchExpressions");
  for (std::size_t i = 0; expressions.is_array() && i < expressions.size(); ++i) {
    const std::string at = at_index(field + ".matchExpressions", i);
    const std::string operation = text_member(expressions[i], "operator");
    const json& values = member_of(expressions[i], "values");
    const bool has_values = values.is_array() && !values.empty();
    if (operation == "In" || operation == "NotIn") {
      if (!has_values) causes.required(at + ".values", "must be specified when `operator` is 'In' or 'NotIn'");
      usable = usable && has_values;
    } else if (operation == "Exists" || operation == "DoesNotExist") {
      if (has_values)
        causes.forbidden(at + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      usable = usable && !has_values;
    } else {
      causes.invalid(at + ".operator", operation, "not a valid selector operator");
      usable = false;
    }
    const std::string key = text_member(expressions[i], "key");
    for (const std::string& error : qualified_name_errors(key)) causes.invalid(at + ".key", key, error);
  }
  return usable && causes.all.size() == before;
}

void validate_metadata(const Write& write, const json& object, Causes& causes) {
  const json& metadata = member_of(object, "metadata");
  validate_name(write, metadata, causes);
  validate_metadata_again(object, causes);
  validate_finalizers_of(object, causes);
}

void validate_finalizers_of(const json& object, Causes& causes) {
  validate_finalizers(member_of(member_of(object, "metadata"), "finalizers"), causes);
}

void validate_metadata_again(const json& object, Causes& causes) {
  const json& metadata = member_of(object, "metadata");
  validate_labels(member_of(metadata, "labels"), "metadata.labels", causes);
  validate_annotations(member_of(metadata, "annotations"), causes);
  validate_owners(member_of(metadata, "ownerReferences"), causes);
  validate_managers(member_of(metadata, "managedFields"), causes);
}

void validate_metadata_update(const json& before, const json& after, Causes& causes) {
  const json& old = member_of(before, "metadata");
  const json& now = member_of(after, "metadata");
  validate_no_new_finalizers(old, now, causes);
  for (const char* name : {"name", "namespace", "uid", "creationTimestamp", "deletionTimestamp"}) {
    if (member_of(old, name) == member_of(now, name)) continue;
    causes.invalid(std::string("metadata.") + name, member_of(now, name), "field is immutable");
  }
  validate_labels(member_of(now, "labels"), "metadata.labels", causes);
  validate_annotations(member_of(now, "annotations"), causes);
  validate_owners(member_of(now, "ownerReferences"), causes);
  validate_managers(member_of(now, "managedFields"), causes);
}

}  // namespace mesh::simulator
