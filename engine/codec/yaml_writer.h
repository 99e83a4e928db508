#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace mesh {

/// A Kubernetes object as block YAML, laid out as kubectl does it, in an order that does not change: apiVersion, kind,
/// metadata first; within metadata name, namespace, labels, annotations first; elsewhere `name` first; the rest by
/// name. Strings that any YAML 1.1 or 1.2 reader could take for something else are quoted.
std::string yaml_text(const nlohmann::json& object);

/// Whether the string needs no quotes (for tests and keys).
bool is_plain_yaml(const std::string& text);

}  // namespace mesh
