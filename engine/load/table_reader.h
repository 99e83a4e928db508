#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/load/check.h"
#include "engine/load/problems.h"
#include "engine/load/value.h"

namespace mesh {

/// Reads the fields of one table and reports what is wrong with them. Each function names a field that the table may
/// have; finish() then reports the others. A field that is absent or wrong gives nothing.
class TableReader {
 public:
  /// `what` is how messages call the table: "[mesh]".
  TableReader(const Value& table, std::string what, Problems& problems);

  bool has(std::string_view key) const { return table_.find(key) != nullptr; }
  /// Where the key stands, or the table when it is absent.
  SourcePosition key_position(std::string_view key) const;
  SourcePosition position() const { return table_.at; }

  std::optional<Marked<std::string>> text(std::string_view key, Check check);
  std::optional<Marked<std::int64_t>> integer(std::string_view key, std::int64_t least, std::int64_t most);
  std::optional<Marked<bool>> boolean(std::string_view key);
  std::optional<std::vector<Marked<std::string>>> texts(std::string_view key, Check check);
  /// One text or a list of them, at least one.
  std::optional<std::vector<Marked<std::string>>> text_or_texts(std::string_view key, Check check);
  const Value* table(std::string_view key);
  /// One of a few words, as its index.
  std::optional<Marked<std::size_t>> choice(std::string_view key, const std::vector<std::string>& words);

  /// Keeps finish() silent about a key that was reported otherwise.
  void known(std::string_view key) { known_.emplace_back(key); }
  /// Reports missing_field unless the key is there, right or wrong.
  void require(std::string_view key, std::string hint);
  void finish();

 private:
  const Member* take(std::string_view key);
  bool expect(const Member& member, Value::Kind kind);
  bool accept(const Value& value, Check check);
  std::vector<Marked<std::string>> items(const Member& member, Check check);

  const Value& table_;
  std::string what_;
  Problems& problems_;
  std::vector<std::string> known_;
};

/// How to write the value so that its type is the desired one; empty when that cannot be told.
std::string type_hint(const Value& value, Value::Kind desired);

}  // namespace mesh
