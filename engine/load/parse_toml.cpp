#include "engine/load/parse_toml.h"

#include <toml++/toml.h>

#include <utility>

namespace mesh {
namespace {

/// Turns toml++'s columns, which count characters, into bytes. Walks each line once, as long as marks come in order.
class Columns {
 public:
  explicit Columns(std::string_view text) : text_(text) {
    starts_.push_back(0);
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '\n') starts_.push_back(i + 1);
    }
  }

  SourcePosition position(const toml::source_position& at) const {
    const std::size_t column = at.column == 0 ? 1 : at.column;
    if (at.line == 0 || at.line > starts_.size()) return {};
    const std::string_view rest = text_.substr(starts_[at.line - 1]);
    std::size_t byte = 0;
    for (std::size_t left = column - 1; left > 0 && byte < rest.size() && rest[byte] != '\n'; --left) {
      ++byte;
      while (byte < rest.size() && (static_cast<unsigned char>(rest[byte]) & 0xC0U) == 0x80U) ++byte;
    }
    return {at.line, byte + 1};
  }

  std::string_view line(std::size_t number) const {
    if (number == 0 || number > starts_.size()) return {};
    const std::string_view rest = text_.substr(starts_[number - 1]);
    return rest.substr(0, rest.find('\n'));
  }

 private:
  std::string_view text_;
  std::vector<std::size_t> starts_;
};

Value convert(const toml::node& node, const Columns& columns) {
  Value value;
  value.at = columns.position(node.source().begin);
  if (const auto* table = node.as_table()) {
    value.kind = Value::Kind::table;
    value.members.reserve(table->size());
    for (const auto& [key, child] : *table) {
      value.members.push_back({std::string(key.str()), columns.position(key.source().begin), convert(child, columns)});
    }
  } else if (const auto* array = node.as_array()) {
    value.kind = Value::Kind::array;
    value.items.reserve(array->size());
    for (const auto& child : *array) value.items.push_back(convert(child, columns));
  } else if (const auto* text = node.as_string()) {
    value.kind = Value::Kind::string;
    value.text = text->get();
  } else if (const auto* number = node.as_integer()) {
    value.kind = Value::Kind::integer;
    value.number = number->get();
  } else if (const auto* flag = node.as_boolean()) {
    value.kind = Value::Kind::boolean;
    value.flag = flag->get();
  } else {
    value.kind = node.is_floating_point() ? Value::Kind::real : Value::Kind::time;
  }
  return value;
}

/// The name in single quotes that a message of toml++ ends with or holds; empty without one.
std::string_view quoted_name(std::string_view description) {
  const auto begin = description.find('\'');
  if (begin == std::string_view::npos) return {};
  return description.substr(begin + 1, description.find('\'', begin + 1) - begin - 1);
}

Diagnostic explain(const toml::parse_error& error, const std::string& file, const Columns& columns) {
  std::string_view description = error.description();
  if (constexpr std::string_view prefix = "Error while parsing "; description.starts_with(prefix)) {
    description.remove_prefix(prefix.size());
  }
  const std::string cause(description);
  SourcePosition at = columns.position(error.source().begin);
  // toml++ has one exception for all; only its words tell a second definition from bad syntax.
  if (description.find("cannot redefine existing") == std::string_view::npos) {
    return {.code = Code::syntax_error,
            .at = Position{file, at.line, at.column},
            .summary = "not valid TOML",
            .cause = cause,
            .hint = "one `key = value` or `[table]` per line; strings are in quotes"};
  }
  const std::string_view name = quoted_name(description);
  // It points at the second value; the key is what the reader looks for.
  const auto key = columns.line(at.line).substr(0, at.column - 1).rfind(name);
  if (!name.empty() && key != std::string_view::npos) at.column = key + 1;
  return {.code = Code::duplicate_key,
          .at = Position{file, at.line, at.column},
          .summary = "key is defined twice",
          .cause = cause,
          .hint = "keep one of the two, or merge them"};
}

}  // namespace

Result<Value> parse_toml(const SourceText& source) {
  const Columns columns(source.bytes);
  try {
    const toml::table table = toml::parse(std::string_view(source.bytes));
    return convert(table, columns);
  } catch (const toml::parse_error& error) {
    return failure(explain(error, source.name, columns));
  }
}

}  // namespace mesh
