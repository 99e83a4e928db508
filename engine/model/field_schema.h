#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

namespace mesh {

/// How the API server merges and compares the fields of one kind. Paths are field names joined by dots; `[]` stands for
/// an item of a list, `*` for any key of a map: `spec.template.spec.containers[].resources.requests.*`.
/// (kubernetes-facts 2.2)
struct FieldSchema {
  struct KeyedList {
    std::vector<std::string> keys;
    /// Value of a key field that a writer left out, e.g. {"protocol":"TCP"}.
    nlohmann::json defaults = nlohmann::json::object();
  };
  /// Lists merged item by item. A list not named here or in `sets` is one value (atomic).
  std::map<std::string, KeyedList> keyed_lists;
  std::set<std::string> sets;
  /// Objects and maps owned as one value.
  std::set<std::string> atomic;
  /// Values compared as quantities.
  std::set<std::string> quantities;
  /// Fields the API server never lets change once set: a difference means delete and create (kubernetes-facts 1.4).
  std::set<std::string> immutable;
};

/// By kind: the kinds that mesh writes are few and their names distinct.
using FieldSchemas = std::map<std::string, FieldSchema>;

}  // namespace mesh
