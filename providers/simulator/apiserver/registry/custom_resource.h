#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "providers/simulator/apiserver/registry/resource_info.h"

namespace mesh::simulator {

/// What a CustomResourceDefinition of apiextensions.k8s.io/v1 asks for; nothing when it is not one that can be served.
std::optional<ResourceInfo> custom_resource(const nlohmann::json& definition);

/// The order of versions in discovery: v2, v1, v1beta2, v1beta1, v1alpha1, then others by name.
bool newer_version(const std::string& a, const std::string& b);

/// A CustomResourceDefinition's status with which it is served: accepted names, stored versions, Established.
nlohmann::json established_status(const nlohmann::json& definition, const std::string& now);

}  // namespace mesh::simulator
