#include "engine/load/table_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

namespace mesh {

std::string type_hint(const Value& value, Value::Kind desired) {
  using Kind = Value::Kind;
  const bool digits = !value.text.empty() &&
                      std::all_of(value.text.begin(), value.text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (desired == Kind::integer && value.kind == Kind::string && digits) {
    return fmt::format("write {} without quotes", value.text);
  }
  if (desired == Kind::boolean) return "write true or false, without quotes";
  if (desired == Kind::array && value.kind == Kind::string) return fmt::format("write [\"{}\"]", value.text);
  if (desired == Kind::string && value.kind == Kind::integer) return fmt::format("write \"{}\"", value.number);
  if (desired == Kind::string && value.kind == Kind::array && value.items.size() == 1)
    return "write it without brackets";
  const bool plain = value.kind == Kind::real || value.kind == Kind::boolean || value.kind == Kind::time;
  if (desired == Kind::string && plain) return "write it in quotes";
  return {};
}

TableReader::TableReader(const Value& table, std::string what, Problems& problems)
    : table_(table), what_(std::move(what)), problems_(problems) {}

SourcePosition TableReader::key_position(std::string_view key) const {
  const Member* member = table_.find(key);
  return member == nullptr ? table_.at : member->at;
}

const Member* TableReader::take(std::string_view key) {
  known_.emplace_back(key);
  return table_.find(key);
}

bool TableReader::expect(const Member& member, Value::Kind kind) {
  if (member.value.kind == kind) return true;
  problems_.add(
      Code::wrong_type, member.value.at, "wrong type",
      fmt::format("`{}` of {} must be {}, not {}", member.key, what_, to_string(kind), to_string(member.value.kind)),
      kind == Value::Kind::table
          ? fmt::format("write `{} = {{ … }}`, or its fields below a header in brackets", member.key)
          : type_hint(member.value, kind));
  return false;
}

bool TableReader::accept(const Value& value, Check check) {
  auto complaint = check(value.text);
  if (!complaint) return true;
  problems_.add(Code::invalid_value, value.at, std::move(complaint->summary), std::move(complaint->cause),
                std::move(complaint->hint));
  return false;
}

std::optional<Marked<std::string>> TableReader::text(std::string_view key, Check check) {
  const Member* member = take(key);
  if (member == nullptr || !expect(*member, Value::Kind::string) || !accept(member->value, check)) return std::nullopt;
  return Marked<std::string>{member->value.text, member->value.at};
}

std::optional<Marked<std::int64_t>> TableReader::integer(std::string_view key, std::int64_t least, std::int64_t most) {
  const Member* member = take(key);
  if (member == nullptr || !expect(*member, Value::Kind::integer)) return std::nullopt;
  const std::int64_t number = member->value.number;
  if (number >= least && number <= most) return Marked<std::int64_t>{number, member->value.at};
  problems_.add(Code::invalid_value, member->value.at, "invalid value",
                fmt::format("`{}` of {} is {}", key, what_, number),
                fmt::format("write a number from {} to {}", least, most));
  return std::nullopt;
}

std::optional<Marked<bool>> TableReader::boolean(std::string_view key) {
  const Member* member = take(key);
  if (member == nullptr || !expect(*member, Value::Kind::boolean)) return std::nullopt;
  return Marked<bool>{member->value.flag, member->value.at};
}

std::vector<Marked<std::string>> TableReader::items(const Member& member, Check check) {
  std::vector<Marked<std::string>> texts;
  std::set<std::string_view> seen;
  for (const Value& item : member.value.items) {
    if (item.kind != Value::Kind::string) {
      problems_.add(
          Code::wrong_type, item.at, "wrong type",
          fmt::format("`{}` of {} must be a list of strings; here is {}", member.key, what_, to_string(item.kind)),
          type_hint(item, Value::Kind::string));
      continue;
    }
    if (!seen.insert(item.text).second) {
      problems_.add(Code::invalid_value, item.at, "listed twice",
                    fmt::format("{} is listed more than once in `{}` of {}", shown(item.text), member.key, what_),
                    "keep it once");
      continue;
    }
    if (accept(item, check)) texts.push_back({item.text, item.at});
  }
  return texts;
}

std::optional<std::vector<Marked<std::string>>> TableReader::texts(std::string_view key, Check check) {
  const Member* member = take(key);
  if (member == nullptr || !expect(*member, Value::Kind::array)) return std::nullopt;
  return items(*member, check);
}

std::optional<std::vector<Marked<std::string>>> TableReader::text_or_texts(std::string_view key, Check check) {
  const Member* member = take(key);
  if (member == nullptr) return std::nullopt;
  const Value& value = member->value;
  if (value.kind == Value::Kind::string) {
    if (!accept(value, check)) return std::nullopt;
    return std::vector<Marked<std::string>>{{value.text, value.at}};
  }
  if (value.kind != Value::Kind::array) {
    problems_.add(
        Code::wrong_type, value.at, "wrong type",
        fmt::format("`{}` of {} must be a string or a list of strings, not {}", key, what_, to_string(value.kind)),
        type_hint(value, Value::Kind::string));
    return std::nullopt;
  }
  if (value.items.empty()) {
    problems_.add(Code::invalid_value, value.at, "invalid value",
                  fmt::format("`{}` of {} is an empty list", key, what_), "name one at least, or leave the field out");
    return std::nullopt;
  }
  return items(*member, check);
}

const Value* TableReader::table(std::string_view key) {
  const Member* member = take(key);
  return member != nullptr && expect(*member, Value::Kind::table) ? &member->value : nullptr;
}

std::optional<Marked<std::size_t>> TableReader::choice(std::string_view key, const std::vector<std::string>& words) {
  const Member* member = take(key);
  if (member == nullptr || !expect(*member, Value::Kind::string)) return std::nullopt;
  const auto found = std::find(words.begin(), words.end(), member->value.text);
  if (found != words.end()) {
    return Marked<std::size_t>{static_cast<std::size_t>(found - words.begin()), member->value.at};
  }
  problems_.add(Code::invalid_value, member->value.at, "invalid value",
                fmt::format("{} is no `{}` of {}", shown(member->value.text), key, what_),
                suggestion(member->value.text, words));
  return std::nullopt;
}

void TableReader::require(std::string_view key, std::string hint) {
  if (has(key)) return;
  problems_.add(Code::missing_field, table_.at, "missing field", fmt::format("{} has no `{}`", what_, key),
                std::move(hint));
}

void TableReader::finish() {
  for (const Member& member : table_.members) {
    if (std::find(known_.begin(), known_.end(), member.key) != known_.end()) continue;
    problems_.add(Code::unknown_field, member.at, "unknown field",
                  fmt::format("{} is not a field of {}", shown(member.key), what_), suggestion(member.key, known_));
  }
}

}  // namespace mesh
