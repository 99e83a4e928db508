#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/diagnostic.h"

namespace mesh {

/// Where a reader stands in a document; its JSON pointer (RFC 6901) is made only when a problem is told.
struct JsonPlace {
  const JsonPlace* parent = nullptr;
  std::string_view key = {};
  std::size_t index = 0;

  std::string pointer() const;
};

/// Gathers every problem of one document under one code.
struct JsonProblems {
  std::string file;
  Code code = Code::plan_invalid;
  std::string hint;
  Diagnostics found = {};

  void add(const JsonPlace& place, std::string summary, std::string cause, std::string own_hint = {});
};

/// Takes one JSON object apart, strictly: each field is asked for by name, and what was not asked for is a problem too
/// (`finish`). A getter that finds a problem records it and answers an empty value. The place must outlive the reader.
class JsonObjectReader {
 public:
  JsonObjectReader(const nlohmann::json& value, const JsonPlace& place, JsonProblems& problems);

  /// False: the value is no object, and that has been told.
  bool is_object() const { return object_ != nullptr; }

  std::string text(std::string_view key);
  std::optional<std::string> text_or_null(std::string_view key);
  bool flag(std::string_view key);
  /// Not negative.
  std::uint64_t number(std::string_view key);
  double real(std::string_view key);
  /// Any value; null when missing (and told).
  const nlohmann::json& any(std::string_view key);
  /// An object, or null for JSON null.
  const nlohmann::json* object_or_null(std::string_view key);
  /// One of the names that `parse` knows. `names`: for the message.
  template <class Parse>
  auto name(std::string_view key, std::string_view names, Parse parse) {
    const std::string said = text(key);
    auto value = parse(std::string_view(said));
    if (!value && has_text(key)) wrong_value(key, said, names);
    return value;
  }

  /// Calls `each(item, place)` for every item of a list. `or_null`: null stands for the empty list.
  template <class Each>
  void list(std::string_view key, Each each, bool or_null = false) {
    const nlohmann::json* items = list_of(key, or_null);
    if (items == nullptr) return;
    const JsonPlace at = below(key);
    for (std::size_t i = 0; i < items->size(); ++i) each((*items)[i], JsonPlace{&at, {}, i});
  }
  std::vector<std::string> texts(std::string_view key);

  JsonPlace below(std::string_view key) const { return {&place_, key, 0}; }
  void wrong_value(std::string_view key, std::string_view value, std::string_view expected);
  /// Tells every field that nobody asked for.
  void finish();

 private:
  const nlohmann::json* find(std::string_view key);
  const nlohmann::json* list_of(std::string_view key, bool or_null);
  bool has_text(std::string_view key) const;
  void wrong_type(std::string_view key, const nlohmann::json& value, std::string_view expected);

  const nlohmann::json* object_ = nullptr;
  const JsonPlace& place_;
  JsonProblems& problems_;
  std::vector<std::string_view> known_;
};

}  // namespace mesh
