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

/// The facts of a body, one line each: what fits on a line stays together, larger maps and lists are taken apart. What
/// every object has (apiVersion, kind, name, namespace, the labels of mesh) is left out; labels and annotations come
/// last.
std::vector<std::pair<std::string, nlohmann::json>> facts_of(const nlohmann::json& body);

}  // namespace mesh
