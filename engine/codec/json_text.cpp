#include "engine/codec/json_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "engine/base/printable.h"

namespace mesh {
namespace {

constexpr std::size_t deepest = 200;

/// Reads the text and counts what it hands out, because the parser's events do not say where they are.
class CountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  CountingIterator(const char* at, const char** reached) : at_(at), reached_(reached) {}
  reference operator*() const { return *at_; }
  CountingIterator& operator++() {
    ++at_;
    *reached_ = at_;
    return *this;
  }
  CountingIterator operator++(int) {
    CountingIterator old = *this;
    ++*this;
    return old;
  }
  bool operator==(const CountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const CountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  const char** reached_;
};

Position position_at(const std::string& bytes, std::size_t offset, const std::string& file) {
  offset = std::min(offset, bytes.size());
  const auto end = bytes.begin() + static_cast<std::ptrdiff_t>(offset);
  const auto line = static_cast<std::size_t>(std::count(bytes.begin(), end, '\n')) + 1;
  const std::size_t newline = offset == 0 ? std::string::npos : bytes.rfind('\n', offset - 1);
  return {file, line, newline == std::string::npos ? offset + 1 : offset - newline};
}

/// The part of the parser's message that says what was wrong, without its own idea of the place.
std::string reason_of(const std::string& what) {
  constexpr std::size_t longest = 160;
  const std::size_t from = what.find("syntax error");
  std::string reason = from == std::string::npos ? what : what.substr(from);
  if (reason.size() > longest) reason = reason.substr(0, longest) + "...";
  return reason;
}

/// Builds the value, and checks what the library's own builder lets pass: a key twice in one object, and endless
/// nesting.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  Builder(const std::string& bytes, const std::string& file, const char* const* reached)
      : bytes_(bytes), file_(file), reached_(reached) {}

  bool null() override { return put(nullptr); }
  bool boolean(bool value) override { return put(value); }
  bool number_integer(number_integer_t value) override { return put(value); }
  bool number_unsigned(number_unsigned_t value) override { return put(value); }
  bool number_float(number_float_t value, const string_t& /*text*/) override { return put(value); }
  bool string(string_t& value) override { return put(std::move(value)); }
  bool binary(binary_t& value) override { return put(std::move(value)); }
  bool start_object(std::size_t /*size*/) override { return open(nlohmann::json::object()); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t /*size*/) override { return open(nlohmann::json::array()); }
  bool end_array() override { return close(); }

  bool key(string_t& name) override {
    const auto [entry, is_new] = parents_.back()->emplace(std::move(name), nullptr);
    member_ = &*entry;
    if (is_new) return true;
    // The parser stands behind the closing quote; the column points at the opening one.
    std::size_t quote = offset() - 1;
    do {
      quote = bytes_.rfind('"', quote - 1);
    } while (escaped(quote));
    found.push_back({.code = Code::duplicate_key,
                     .at = position_at(bytes_, quote, file_),
                     .summary = "key is given twice in one object",
                     .cause = fmt::format("`{}` was there before", entry.key()),
                     .hint = "keep one of the two"});
    return true;
  }

  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::detail::exception& error) override {
    complain(position == 0 ? 0 : position - 1, reason_of(error.what()));
    return false;
  }

  Diagnostics found;
  nlohmann::json built;

 private:
  /// Where the next value belongs.
  nlohmann::json& place() {
    if (parents_.empty()) return built;
    nlohmann::json& parent = *parents_.back();
    return parent.is_array() ? parent.emplace_back() : *member_;
  }

  template <class Value>
  bool put(Value&& one) {
    place() = std::forward<Value>(one);
    return true;
  }

  std::size_t offset() const { return static_cast<std::size_t>(*reached_ - bytes_.data()); }

  bool escaped(std::size_t quote) const {
    std::size_t backslashes = 0;
    while (backslashes < quote && bytes_[quote - 1 - backslashes] == '\\') ++backslashes;
    return backslashes % 2 == 1;
  }

  bool open(nlohmann::json empty) {
    nlohmann::json& at = place();
    at = std::move(empty);
    parents_.push_back(&at);
    if (parents_.size() <= deepest) return true;
    complain(offset() - 1, fmt::format("nested deeper than {}", deepest));
    return false;
  }

  bool close() {
    parents_.pop_back();
    return true;
  }

  void complain(std::size_t at, std::string cause) {
    found.push_back({.code = Code::syntax_error,
                     .at = position_at(bytes_, at, file_),
                     .summary = "not valid JSON",
                     .cause = std::move(cause),
                     .hint = "check that the file is whole and was not edited"});
  }

  const std::string& bytes_;
  const std::string& file_;
  const char* const* reached_;
  /// The objects and arrays around the next value, and in the innermost object its place.
  std::vector<nlohmann::json*> parents_;
  nlohmann::json* member_ = nullptr;
};

}  // namespace

Result<nlohmann::json> parse_json(const std::string& bytes, const std::string& file_name) {
  const char* reached = bytes.data();
  Builder builder(bytes, file_name, &reached);
  const CountingIterator begin(bytes.data(), &reached);
  const CountingIterator end(bytes.data() + bytes.size(), &reached);
  nlohmann::json::sax_parse(begin, end, &builder);
  if (!builder.found.empty()) return failure(std::move(builder.found));
  return std::move(builder.built);
}

std::string json_text(const nlohmann::ordered_json& document) {
  return escaped_json(document.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace)) + "\n";
}

}  // namespace mesh
