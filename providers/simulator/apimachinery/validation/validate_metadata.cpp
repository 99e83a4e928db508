#include "providers/simulator/apimachinery/validation/validate_metadata.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/base/lower_case.h"
#include "providers/simulator/apimachinery/schema/normalize.h"
#include "providers/simulator/apimachinery/validation/name_rules.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

constexpr std::size_t most_annotations = std::size_t{256} * 1024;

std::string name_error(const Write& write, const std::string& name) {
  if (write.group == "rbac.authorization.k8s.io") return path_segment_error(name);
  if (write.group.empty() && (write.kind == "Namespace" || write.kind == "Service")) return dns_label_error(name);
  return dns_subdomain_error(name);
}

constexpr std::size_t longest_manager = 128;

void validate_name(const Write& write, const json& metadata, Causes& causes) {
  const std::string name = text(metadata, {"name"});
  std::string prefix = text(metadata, {"generateName"});
  if (name.empty()) return causes.required("metadata.name", "name or generateName is required");
  // The rest of a generated name starts with a letter or digit.
  if (prefix.ends_with('-')) prefix.pop_back();
  if (!prefix.empty()) causes.invalid_if(name_error(write, prefix), "metadata.generateName", prefix);
  causes.invalid_if(name_error(write, name), "metadata.name", name);
}

void validate_annotations(const json& annotations, Causes& causes) {
  std::size_t size = 0;
  if (!annotations.is_object()) return;
  for (const auto& [key, value] : annotations.items()) {
    std::string lower = lower_case(key);
    causes.invalid_if(qualified_name_error(lower), "metadata.annotations", key);
    size += key.size() + (value.is_string() ? value.get_ref<const std::string&>().size() : 0);
  }
  causes.too_long_if(size > most_annotations, "metadata.annotations", most_annotations);
}

void validate_owners(const json& owners, Causes& causes) {
  const std::string field = "metadata.ownerReferences";
  for (const json& owner : owners)
    for (const char* name : {"apiVersion", "kind", "name", "uid"})
      if (text(owner, {name}).empty()) causes.invalid(field + "." + name, "", "must not be empty");
  const auto controllers = std::count_if(owners.begin(), owners.end(),
                                         [](const json& owner) { return member(owner, {"controller"}) == true; });
  if (controllers > 1) causes.invalid(field, owners, "Only one reference can have Controller set to true");
}

void validate_finalizers(const json& finalizers, Causes& causes) {
  for (std::size_t i = 0; i < finalizers.size(); ++i) {
    const std::string name = finalizers[i].is_string() ? finalizers[i].get<std::string>() : "";
    const std::string field = at_index("metadata.finalizers", i);
    causes.invalid_if(qualified_name_error(name), field, name);
    const bool standard = name == "kubernetes" || name == "orphan" || name == "foregroundDeletion";
    if (!standard && name.find('/') == std::string::npos)
      causes.invalid(field, name, "name is neither a standard finalizer name nor is it fully qualified");
  }
}

void validate_change(const json& old, const json& now, Causes& causes) {
  const json& before = items(old, {"finalizers"});
  const json& after = items(now, {"finalizers"});
  const bool added = std::any_of(after.begin(), after.end(), [&](const json& one) {
    return std::find(before.begin(), before.end(), one) == before.end();
  });
  if (added && old.contains("deletionTimestamp"))
    causes.forbidden("metadata.finalizers", "no new finalizers can be added if the object is being deleted");
  for (const char* name : {"name", "namespace", "uid", "creationTimestamp", "deletionTimestamp"})
    if (member(old, {name}) != member(now, {name}))
      causes.invalid(std::string("metadata.") + name, member(now, {name}), "field is immutable");
}

}  // namespace

void validate_labels(const json& labels, const std::string& field, Causes& causes) {
  if (!labels.is_object()) return;
  for (const auto& [key, value] : labels.items()) {
    causes.invalid_if(qualified_name_error(key), field, key);
    if (value.is_string()) causes.invalid_if(label_value_error(value.get<std::string>()), field, value);
  }
}

bool validate_selector(const json& selector, const std::string& field, Causes& causes) {
  const std::size_t before = causes.all.size();
  validate_labels(member(selector, {"matchLabels"}), field + ".matchLabels", causes);
  const json& expressions = items(selector, {"matchExpressions"});
  for (std::size_t i = 0; i < expressions.size(); ++i) {
    const std::string at = at_index(field + ".matchExpressions", i);
    const std::string operation = text(expressions[i], {"operator"});
    const bool has_values = !items(expressions[i], {"values"}).empty();
    if (operation == "In" || operation == "NotIn") {
      if (!has_values) causes.required(at + ".values", "must be specified when `operator` is 'In' or 'NotIn'");
    } else if (operation == "Exists" || operation == "DoesNotExist") {
      if (has_values)
        causes.forbidden(at + ".values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
    } else {
      causes.invalid(at + ".operator", operation, "not a valid selector operator");
    }
    const std::string key = text(expressions[i], {"key"});
    causes.invalid_if(qualified_name_error(key), at + ".key", key);
  }
  return causes.all.size() == before;
}

void validate_metadata(const Write& write, const json& before, const json& object, Causes& causes) {
  const json& metadata = member(object, {"metadata"});
  if (before.is_null())
    validate_name(write, metadata, causes);
  else
    validate_change(member(before, {"metadata"}), metadata, causes);
  validate_labels(member(metadata, {"labels"}), "metadata.labels", causes);
  validate_annotations(member(metadata, {"annotations"}), causes);
  std::size_t entry = 0;
  for (const json& one : items(metadata, {"managedFields"}))
    causes.too_long_if(text(one, {"manager"}).size() > longest_manager,
                       at_index("metadata.managedFields", entry++) + ".manager", longest_manager);
  validate_owners(items(metadata, {"ownerReferences"}), causes);
  // An update of these two looks at new finalizers alone.
  const bool lenient = write.kind == "PodDisruptionBudget" || schema_for(write).custom;
  if (before.is_null() || !lenient) validate_finalizers(items(metadata, {"finalizers"}), causes);
}

}  // namespace mesh::simulator
