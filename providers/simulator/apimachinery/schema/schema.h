#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace mesh::simulator {

struct Schema;

/// A member of a structure.
struct Field {
  const Schema* schema = nullptr;
  /// The published default: of key fields it completes an item's key, of custom resources it is filled in. Null: none.
  nlohmann::json fallback = nullptr;
  /// Of the strategic merge patch: "", "merge", "replace", "retainKeys", "merge,retainKeys".
  std::string patch_strategy;
  std::string merge_key;
  /// Left out of stored objects when it holds the zero value of its type (a Go `omitempty` that is no pointer).
  bool omit_zero = false;
  /// Stands in stored objects even when nobody gave it (Go without `omitempty`), as `zero`: `"status": {}`, `"rules":
  /// null`.
  bool always = false;
  nlohmann::json zero = nullptr;
};

/// The type of a value: a tree with shared nodes that lives as long as the program.
struct Schema {
  enum class Type { any, structure, map, list, scalar };
  enum class Scalar { none, text, boolean, int32, int64, number, int_or_text, quantity, time, bytes };
  enum class List { atomic, set, keyed };

  Type type = Type::any;
  Scalar scalar = Scalar::none;
  /// Of a list: how its items are told apart.
  List list = List::atomic;
  /// Of a keyed list: the key fields of an item.
  std::vector<std::string> keys;
  /// Of a structure or map: owned and replaced as one value.
  bool atomic = false;
  /// Of a structure: other members than `fields` are kept as they are.
  bool keeps_unknown = false;
  /// Of a custom resource: pruned and checked by schema instead of a Go type.
  bool custom = false;
  std::map<std::string, Field, std::less<>> fields;
  /// Of a list or map: its values.
  const Schema* items = nullptr;
  /// Type's short name for messages: "DeploymentSpec"; of a scalar the Go type: "int32".
  std::string name;
  /// Of a structure: the Go package's name, "v1"; for messages.
  std::string package;
  /// Members that must be there, sorted.
  std::vector<std::string> required;
  /// Of custom resources: enum, minimum, maximum, minLength, maxLength, minItems, maxItems, pattern; or null.
  nlohmann::json limits = nullptr;

  const Field* find(std::string_view field) const;
  /// Whether a value of this type may have the member.
  bool declares(std::string_view name) const;
  /// The type of a member; one that allows anything where none is declared.
  const Schema& member(std::string_view name) const;
};

/// The schema of a served kind, read once from the built-in data; null when it is not there.
const Schema* schema_of(const std::string& group, const std::string& version, const std::string& kind);

}  // namespace mesh::simulator
