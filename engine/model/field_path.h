#pragma once

#include <compare>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/json.h"

namespace mesh {

/// One step of a path: a field of an object, an item of a keyed list (by its key fields), an item of a set (by value).
struct FieldName {
  std::string name;
  bool operator==(const FieldName&) const = default;
};
struct ListKey {
  nlohmann::json key;  // an object: {"port":15443,"protocol":"TCP"}
  bool operator==(const ListKey&) const = default;
};
struct SetValue {
  nlohmann::json value;
  bool operator==(const SetValue&) const = default;
};
using PathElement = std::variant<FieldName, ListKey, SetValue>;

/// The place of a value in a Kubernetes object, as `managedFields` names it: `f:`, `k:` and `v:` elements.
using FieldPath = std::vector<PathElement>;

/// As the API server writes it, without the leading dot: `spec.ports[port=15443,protocol="TCP"].targetPort`; names with
/// other characters than letters, digits, `_` and `-` are quoted: `metadata.labels["istio.io/rev"]`.
std::string to_string(const FieldPath& path);

/// The inverse of to_string; an empty path when the text is none.
FieldPath parse_field_path(const std::string& text);

/// The FieldsV1 key of a path element: `f:spec`, `k:{"port":15443,"protocol":"TCP"}`, `v:"x"`.
std::string element_key(const PathElement& element);

/// The value at the path, or null when there is none.
const nlohmann::json* find_value(const nlohmann::json& body, const FieldPath& path);

}  // namespace mesh
