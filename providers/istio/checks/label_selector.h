#pragma once

#include <nlohmann/json.hpp>

namespace mesh::istio {

/// Whether a Kubernetes label selector (matchLabels, matchExpressions) selects an object with these labels. Null or an
/// empty selector selects everything; one with an unknown operator selects nothing.
bool selects(const nlohmann::json* selector, const nlohmann::json& labels);

/// Whether a map of labels is part of the labels, as selectors of Services and of Istio's kinds are read.
bool selects_all_of(const nlohmann::json* map, const nlohmann::json& labels);

}  // namespace mesh::istio
