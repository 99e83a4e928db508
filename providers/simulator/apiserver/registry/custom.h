#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "providers/simulator/apiserver/registry/registry.h"

namespace mesh::simulator {

/// What a CustomResourceDefinition of apiextensions.k8s.io/v1 asks for; nothing when it is not one that can be served.
std::optional<ResourceInfo> custom_resource(const nlohmann::json& definition);

/// The order of versions in discovery: v2, v1, v1beta2, v1beta1, v1alpha1, then others by name.
bool newer_version(const std::string& a, const std::string& b);

}  // namespace mesh::simulator
