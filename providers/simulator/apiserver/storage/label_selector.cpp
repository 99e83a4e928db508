#include <algorithm>
#include <charconv>
#include <optional>

#include <fmt/format.h>

#include "providers/simulator/apiserver/storage/label_text.h"
#include "providers/simulator/apiserver/storage/selectors.h"

namespace mesh::simulator {

namespace {

using Operator = LabelSelector::Operator;
using Requirement = LabelSelector::Requirement;
template <class T>
using Parsed = tl::expected<T, std::string>;

enum class Token { end, error, open, close, comma, bang, equal, double_equal, not_equal, greater, less, word };

struct Lexeme {
  Token token = Token::end;
  std::string text;
};

bool special(char c) { return std::string_view("=!(),><").find(c) != std::string_view::npos; }
bool blank(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

std::optional<Token> symbol(const std::string& text) {
  if (text == "(") return Token::open;
  if (text == ")") return Token::close;
  if (text == ",") return Token::comma;
  if (text == "!") return Token::bang;
  if (text == "=") return Token::equal;
  if (text == "==") return Token::double_equal;
  if (text == "!=") return Token::not_equal;
  if (text == ">") return Token::greater;
  if (text == "<") return Token::less;
  return std::nullopt;
}

std::vector<Lexeme> scan(const std::string& text) {
  std::vector<Lexeme> found;
  std::size_t at = 0;
  while (at < text.size()) {
    if (blank(text[at])) {
      ++at;
    } else if (special(text[at])) {
      std::string sign(1, text[at]);
      while (at + sign.size() < text.size() && symbol(sign + text[at + sign.size()])) sign += text[at + sign.size()];
      found.push_back({*symbol(sign), sign});
      at += sign.size();
    } else {
      std::size_t end = at;
      while (end < text.size() && !special(text[end]) && !blank(text[end])) ++end;
      found.push_back({Token::word, text.substr(at, end - at)});
      at = end;
    }
  }
  found.push_back({Token::end, ""});
  return found;
}

class Parser {
 public:
  explicit Parser(const std::string& text) : lexemes_(scan(text)) {}

  Parsed<std::vector<Requirement>> all() {
    std::vector<Requirement> found;
    while (peek().token != Token::end) {
      if (peek().token != Token::word && peek().token != Token::bang) {
        return tl::unexpected(fmt::format("found '{}', expected: !, identifier, or 'end of string'", peek().text));
      }
      Parsed<Requirement> one = requirement();
      if (!one) return tl::unexpected("unable to parse requirement: " + one.error());
      found.push_back(std::move(*one));
      const Lexeme after = next();
      if (after.token == Token::end) return found;
      if (after.token != Token::comma) {
        return tl::unexpected(fmt::format("found '{}', expected: ',' or 'end of string'", after.text));
      }
      if (peek().token != Token::word && peek().token != Token::bang) {
        return tl::unexpected(fmt::format("found '{}', expected: identifier after ','", peek().text));
      }
    }
    return found;
  }

 private:
  const Lexeme& peek() const { return lexemes_[at_]; }
  Lexeme next() {
    Lexeme lexeme = lexemes_[at_];
    if (lexeme.token != Token::end) ++at_;
    return lexeme;
  }

  Parsed<Requirement> requirement() {
    Requirement found;
    Lexeme lexeme = next();
    if (lexeme.token == Token::bang) {
      found.op = Operator::absent;
      lexeme = next();
    }
    if (lexeme.token != Token::word) {
      return tl::unexpected(fmt::format("found '{}', expected: identifier", lexeme.text));
    }
    found.key = lexeme.text;
    if (const auto problem = label_key_problem(found.key)) {
      return tl::unexpected(fmt::format("<nil>: Invalid value: \"{}\": {}", found.key, *problem));
    }
    const Token after = peek().token;
    if (found.op == Operator::absent || after == Token::end || after == Token::comma) return found;
    return with_values(std::move(found));
  }

  Parsed<Requirement> with_values(Requirement found) {
    const Lexeme sign = next();
    const auto op = operator_of(sign);
    if (!op) {
      return tl::unexpected(fmt::format("found '{}', expected: in, notin, =, ==, !=, gt, lt", sign.text));
    }
    found.op = *op;
    auto values = found.op == Operator::in || found.op == Operator::not_in ? list() : one();
    if (!values) return tl::unexpected(values.error());
    found.values = std::move(*values);
    if (const auto problem = check(found)) return tl::unexpected(*problem);
    return found;
  }

  static std::optional<Operator> operator_of(const Lexeme& sign) {
    switch (sign.token) {
      case Token::equal:
      case Token::double_equal:
        return Operator::equal;
      case Token::not_equal:
        return Operator::not_equal;
      case Token::greater:
        return Operator::greater;
      case Token::less:
        return Operator::less;
      case Token::word:
        if (sign.text == "in") return Operator::in;
        if (sign.text == "notin") return Operator::not_in;
        return std::nullopt;
      default:
        return std::nullopt;
    }
  }

  Parsed<std::set<std::string>> one() {
    if (peek().token == Token::end || peek().token == Token::comma) return std::set<std::string>{""};
    const Lexeme lexeme = next();
    if (lexeme.token == Token::word) return std::set<std::string>{lexeme.text};
    return tl::unexpected(fmt::format("found '{}', expected: identifier", lexeme.text));
  }

  Parsed<std::set<std::string>> list() {
    if (const Lexeme lexeme = next(); lexeme.token != Token::open) {
      return tl::unexpected(fmt::format("found '{}' expected: '('", lexeme.text));
    }
    if (peek().token == Token::close) {
      next();
      return std::set<std::string>{""};
    }
    if (peek().token != Token::word && peek().token != Token::comma) {
      return tl::unexpected(fmt::format("found '{}', expected: ',', ')' or identifier", peek().text));
    }
    auto values = words();
    if (values) next();
    return values;
  }

  // Up to the closing parenthesis, which stays.
  Parsed<std::set<std::string>> words() {
    std::set<std::string> values;
    while (true) {
      const Lexeme lexeme = next();
      if (lexeme.token == Token::word) {
        values.insert(lexeme.text);
        if (peek().token == Token::close) return values;
        if (peek().token != Token::comma) {
          return tl::unexpected(fmt::format("found '{}', expected: ',' or ')'", peek().text));
        }
      } else if (lexeme.token == Token::comma) {
        if (values.empty()) values.insert("");
        if (peek().token == Token::close || peek().token == Token::comma) values.insert("");
        if (peek().token == Token::close) return values;
        if (peek().token == Token::comma) next();
      } else {
        return tl::unexpected(fmt::format("found '{}', expected: ',', or identifier", lexeme.text));
      }
    }
  }

  static std::optional<std::string> check(const Requirement& found) {
    std::size_t at = 0;
    for (const std::string& value : found.values) {
      long long number = 0;
      const bool ordered = found.op == Operator::greater || found.op == Operator::less;
      const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
      if (ordered && (error != std::errc() || end != value.data() + value.size())) {
        return fmt::format("values[{}]: Invalid value: \"{}\": for 'Gt', 'Lt' operators, the value must be an integer",
                           at, value);
      }
      if (const auto problem = label_value_problem(value)) {
        return fmt::format("values[{}][{}]: Invalid value: \"{}\": {}", at, found.key, value, *problem);
      }
      ++at;
    }
    return std::nullopt;
  }

  std::vector<Lexeme> lexemes_;
  std::size_t at_ = 0;
};

bool ordered(const std::string& have, const std::string& bound, Operator op) {
  long long left = 0;
  long long right = 0;
  const auto [end, error] = std::from_chars(have.data(), have.data() + have.size(), left);
  if (error != std::errc() || end != have.data() + have.size()) return false;
  std::from_chars(bound.data(), bound.data() + bound.size(), right);
  return op == Operator::greater ? left > right : left < right;
}

bool satisfied(const Requirement& requirement, const std::string* have) {
  switch (requirement.op) {
    case Operator::exists:
      return have != nullptr;
    case Operator::absent:
      return have == nullptr;
    case Operator::in:
    case Operator::equal:
      return have != nullptr && requirement.values.contains(*have);
    case Operator::not_in:
    case Operator::not_equal:
      return have == nullptr || !requirement.values.contains(*have);
    case Operator::greater:
    case Operator::less:
      return have != nullptr && ordered(*have, *requirement.values.begin(), requirement.op);
  }
  return false;
}

}  // namespace

ApiResult<LabelSelector> LabelSelector::parse(const std::string& text) {
  auto requirements = Parser(text).all();
  if (!requirements) return tl::unexpected(bad_request(requirements.error()));
  LabelSelector selector;
  selector.requirements_ = std::move(*requirements);
  return selector;
}

bool LabelSelector::matches(const Stored& object) const {
  return std::all_of(requirements_.begin(), requirements_.end(), [&](const Requirement& requirement) {
    return satisfied(requirement, object.label(requirement.key));
  });
}

}  // namespace mesh::simulator
