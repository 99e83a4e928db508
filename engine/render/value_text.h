#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mesh {

/// A value on one line: strings in quotes, maps as `{a: 1, b: "x"}`, at most `width` characters; what is longer loses
/// its middle, for names differ at both ends.
std::string value_text(const nlohmann::json& value, std::size_t width = 70);

/// Both sides of a change, each as value_text has it, but never cut to the same words while they differ.
std::pair<std::string, std::string> value_texts(const nlohmann::json& before, const nlohmann::json& after);

/// One place where two values differ, below the value: `[2].verbs[3]`; empty for the value itself.
struct Difference {
  std::string path;
  std::optional<nlohmann::json> before;
  std::optional<nlohmann::json> after;
};

/// Where two values differ, as deep as both have the same structure: maps by key, lists by place.
std::vector<Difference> differences(const nlohmann::json& before, const nlohmann::json& after);

/// The facts of a body, one line each: what fits on a line stays together, larger maps and lists are taken apart. What
/// every object has (apiVersion, kind, name, namespace, the labels of mesh) is left out; labels and annotations come
/// last.
std::vector<std::pair<std::string, nlohmann::json>> facts_of(const nlohmann::json& body);

}  // namespace mesh
