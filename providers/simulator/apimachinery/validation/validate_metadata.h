#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "providers/simulator/apimachinery/errors/causes.h"
#include "providers/simulator/apimachinery/managedfields/write.h"

namespace mesh::simulator {

/// Name, labels, annotations, owners, finalizers of an object; `before`, of an update, decides what may not change.
void validate_metadata(const Write& write, const nlohmann::json& before, const nlohmann::json& object, Causes& causes);

void validate_labels(const nlohmann::json& labels, const std::string& field, Causes& causes);

/// A label selector; false: it cannot be used.
bool validate_selector(const nlohmann::json& selector, const std::string& field, Causes& causes);

}  // namespace mesh::simulator
