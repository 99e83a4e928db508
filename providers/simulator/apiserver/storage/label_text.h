#pragma once

#include <optional>
#include <string>

namespace mesh::simulator {

/// What is wrong with a label's key or value, in the words of k8s.io/apimachinery/pkg/util/validation.
std::optional<std::string> label_key_problem(const std::string& key);
std::optional<std::string> label_value_problem(const std::string& value);

}  // namespace mesh::simulator
