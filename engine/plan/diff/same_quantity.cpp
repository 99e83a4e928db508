#include "engine/plan/diff/same_quantity.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace mesh {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Multiplies a decimal number by a small factor.
void multiply(std::string& digits, unsigned factor) {
  unsigned carry = 0;
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    const unsigned product = static_cast<unsigned>(*digit - '0') * factor + carry;
    *digit = static_cast<char>('0' + product % 10);
    carry = product / 10;
  }
  std::string front = carry == 0 ? "" : std::to_string(carry);
  digits.insert(0, front);
}

/// Applies a suffix to the number; false when it is none.
bool apply_suffix(std::string_view suffix, Quantity& quantity) {
  static constexpr std::array<std::pair<std::string_view, int>, 10> decimal = {
      {{"n", -9}, {"u", -6}, {"m", -3}, {"", 0}, {"k", 3}, {"M", 6}, {"G", 9}, {"T", 12}, {"P", 15}, {"E", 18}}};
  for (const auto& [name, power] : decimal) {
    if (suffix != name) continue;
    quantity.exponent += power;
    return true;
  }
  static constexpr std::array<std::string_view, 6> binary = {"Ki", "Mi", "Gi", "Ti", "Pi", "Ei"};
  if (const auto* found = std::find(binary.begin(), binary.end(), suffix); found != binary.end()) {
    for (auto times = found - binary.begin() + 1; times > 0; --times) multiply(quantity.digits, 1024);
    return true;
  }
  if (suffix.front() != 'e' && suffix.front() != 'E') return false;
  suffix.remove_prefix(1);
  if (suffix.starts_with('+')) suffix.remove_prefix(1);
  int power = 0;
  const auto [end, error] = std::from_chars(suffix.data(), suffix.data() + suffix.size(), power);
  if (suffix.empty() || error != std::errc() || end != suffix.data() + suffix.size()) return false;
  if (power < -1000 || power > 1000) return false;
  quantity.exponent += power;
  return true;
}

void normalize(Quantity& quantity) {
  quantity.digits.erase(0, std::min(quantity.digits.find_first_not_of('0'), quantity.digits.size()));
  while (quantity.digits.ends_with('0')) {
    quantity.digits.pop_back();
    ++quantity.exponent;
  }
  if (quantity.digits.empty()) quantity = {};
}

std::optional<Quantity> quantity_of(const nlohmann::json& value) {
  if (value.is_string()) return parse_quantity(value.get_ref<const std::string&>());
  if (value.is_number()) return parse_quantity(value.dump());
  return std::nullopt;
}

}  // namespace

std::optional<Quantity> parse_quantity(std::string_view text) {
  Quantity quantity;
  std::size_t at = 0;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) quantity.negative = text[at++] == '-';
  for (; at < text.size() && is_digit(text[at]); ++at) quantity.digits += text[at];
  if (at < text.size() && text[at] == '.') {
    for (++at; at < text.size() && is_digit(text[at]); ++at, --quantity.exponent) quantity.digits += text[at];
  }
  if (quantity.digits.empty() || !apply_suffix(text.substr(at), quantity)) return std::nullopt;
  normalize(quantity);
  return quantity;
}

bool same_quantity(const nlohmann::json& left, const nlohmann::json& right) {
  if (left == right) return true;
  const std::optional<Quantity> first = quantity_of(left);
  return first && first == quantity_of(right);
}

}  // namespace mesh
