#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace mesh::simulator {

/// The value at the end of these keys; null when a step is missing.
const nlohmann::json* at(const nlohmann::json& value, std::initializer_list<const char*> keys);
/// The same as a reference, to null when a step is missing.
const nlohmann::json& member(const nlohmann::json& value, std::initializer_list<const char*> keys);
/// The text there; empty when it is missing or no text.
std::string text(const nlohmann::json& value, std::initializer_list<const char*> keys);
/// The whole number there, or `otherwise`.
std::int64_t number(const nlohmann::json& value, std::initializer_list<const char*> keys, std::int64_t otherwise = 0);
/// The list there; an empty one when it is missing.
const nlohmann::json& items(const nlohmann::json& value, std::initializer_list<const char*> keys);

std::string name_of(const nlohmann::json& object);
std::string namespace_of(const nlohmann::json& object);
std::string label(const nlohmann::json& object, const char* key);
std::string annotation(const nlohmann::json& object, const char* key);
using Labels = std::map<std::string, std::string>;
Labels labels_of(const nlohmann::json& object);

/// Whether the labels have all of `desired`, a plain map as Service selectors are. An empty or missing one selects
/// nothing.
bool has_labels(const Labels& labels, const nlohmann::json& desired);
/// A LabelSelector: matchLabels and matchExpressions. An empty one selects everything.
bool selects(const nlohmann::json& selector, const Labels& labels);

/// A condition of status.conditions is "True".
bool is_true(const nlohmann::json& object, const char* condition);
bool is_running(const nlohmann::json& pod);
bool is_ready(const nlohmann::json& pod);

/// The plain value of a container's environment variable, of whichever container of a pod spec has it.
std::string env_of(const nlohmann::json& pod_spec, const char* name);

}  // namespace mesh::simulator
