#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace mesh {

/// A place in the text being read: line and column from 1, the column in bytes.
struct SourcePosition {
  std::size_t line = 1;
  std::size_t column = 1;

  bool operator==(const SourcePosition&) const = default;
  bool operator<(const SourcePosition& other) const {
    return std::tie(line, column) < std::tie(other.line, other.column);
  }
};

/// A value and where it stands.
template <class T>
struct Marked {
  T value;
  SourcePosition at;
};

struct Member;

/// A TOML value as the spec's readers need it: what it is, what it holds, where it stands.
struct Value {
  enum class Kind { table, array, string, integer, real, boolean, time };

  Kind kind = Kind::table;
  SourcePosition at;
  std::string text;
  std::int64_t number = 0;
  bool flag = false;
  std::vector<Value> items;
  std::vector<Member> members;

  /// The member of a table; null when there is none.
  const Member* find(std::string_view key) const;
};

struct Member {
  std::string key;
  SourcePosition at;
  Value value;
};

/// The kind as a message names it: "a table", "a list", …
std::string_view to_string(Value::Kind kind);

}  // namespace mesh
