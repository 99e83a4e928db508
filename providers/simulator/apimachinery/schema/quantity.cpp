#include "providers/simulator/apimachinery/schema/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string_view>

namespace mesh::simulator {
namespace {

/// In billionths, the finest that the server keeps.
__extension__ using Wide = __int128;

constexpr Wide one = 1'000'000'000;
constexpr Wide most = Wide{1} << 100U;
constexpr std::size_t most_digits = 18;

enum class Format { decimal, binary, exponent };

struct Exact {
  Wide billionths = 0;
  Format format = Format::decimal;
  /// Written as the server would write it: kept as it is.
  bool canonical = false;
};

struct Suffix {
  std::string_view text;
  int exponent;
};
constexpr Suffix decimal_suffixes[] = {{"E", 18}, {"P", 15}, {"T", 12}, {"G", 9},  {"M", 6},
                                       {"k", 3},  {"", 0},   {"m", -3}, {"u", -6}, {"n", -9}};
constexpr Suffix binary_suffixes[] = {{"Ei", 60}, {"Pi", 50}, {"Ti", 40}, {"Gi", 30}, {"Mi", 20}, {"Ki", 10}};

Wide power_of_ten(int exponent) {
  Wide power = 1;
  for (; exponent > 0; --exponent) power *= 10;
  return power;
}

/// Away from zero, both positive.
Wide divide_up(Wide value, Wide by) { return (value + by - 1) / by; }

std::string to_text(Wide value) {
  std::string text = value == 0 ? "0" : "";
  for (; value != 0; value /= 10) text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  return text;
}

/// `digits` × 10^scale, rounded up to billionths; nothing when that is larger than any quantity.
std::optional<Wide> scaled(Wide digits, int scale) {
  if (scale < -36) return digits == 0 ? 0 : 1;
  if (scale < -9) return divide_up(digits, power_of_ten(-9 - scale));
  if (scale > 20) return digits == 0 ? std::optional<Wide>(0) : std::nullopt;
  const Wide power = power_of_ten(scale + 9);
  return digits > most / power ? std::nullopt : std::optional(digits * power);
}

/// The number of a suffix: its power of ten or, in `binary`, of two. Nothing: there is no such suffix.
std::optional<int> exponent_of(std::string_view suffix, Format& format) {
  for (const Suffix& known : decimal_suffixes)
    if (known.text == suffix) return known.exponent;
  format = Format::binary;
  for (const Suffix& known : binary_suffixes)
    if (known.text == suffix) return known.exponent;
  format = Format::exponent;
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return std::nullopt;
  int exponent = 0;
  suffix.remove_prefix(suffix[1] == '+' ? 2 : 1);
  const auto [end, error] = std::from_chars(suffix.data(), suffix.data() + suffix.size(), exponent);
  return error == std::errc() && end == suffix.data() + suffix.size() ? std::optional(exponent) : std::nullopt;
}

std::optional<Exact> parse(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  std::string digits(text.substr(0, end));
  const std::size_t point = digits.find('.');
  const auto fraction = static_cast<int>(point == std::string::npos ? 0 : digits.size() - point - 1);
  if (point != std::string::npos) digits.erase(point, 1);
  const bool below_one = digits.find_first_not_of('0') >= digits.size() - static_cast<std::size_t>(fraction);
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.empty() ? 0 : digits.size() - 1));
  if (digits.empty() || digits.size() > most_digits || digits.find('.') != std::string::npos) return std::nullopt;
  Exact exact;
  const auto exponent = exponent_of(text.substr(end), exact.format);
  if (!exponent) return std::nullopt;
  Wide number = 0;
  for (const char digit : digits) number = number * 10 + (digit - '0');
  const bool binary = exact.format == Format::binary;
  const int scale = binary ? -fraction : *exponent - fraction;
  const auto value = scaled(binary ? number << static_cast<unsigned>(*exponent) : number, scale);
  if (!value) return std::nullopt;
  exact.billionths = negative ? -*value : *value;
  // The server keeps a text that already has the right suffix, without checking for a still shorter form.
  exact.canonical = binary ? fraction == 0 && digits.size() < 10 && number % 8 != 0
                           : scale % 3 == 0 && scale >= -9 && !digits.ends_with("000") && !below_one;
  return exact;
}

std::string decimal_text(const Exact& exact, Wide value) {
  // The largest unit of which it is a whole number.
  for (const Suffix& suffix : decimal_suffixes) {
    const Wide unit = power_of_ten(suffix.exponent + 9);
    if (value % unit != 0) continue;
    if (exact.format != Format::exponent || suffix.exponent == 0)
      return to_text(value / unit) + std::string(suffix.text);
    return fmt::format("{}e{}", to_text(value / unit), suffix.exponent);
  }
  return "0";
}

std::string text_of(const Exact& exact) {
  if (exact.billionths == 0) return "0";
  const std::string sign = exact.billionths < 0 ? "-" : "";
  const Wide value = exact.billionths < 0 ? -exact.billionths : exact.billionths;
  if (exact.format != Format::binary || value % one != 0 || value < 1024 * one)
    return sign +
           decimal_text({exact.billionths, exact.format == Format::binary ? Format::decimal : exact.format}, value);
  for (const Suffix& suffix : binary_suffixes)
    if (const Wide unit = Wide{1} << static_cast<unsigned>(suffix.exponent); value / one % unit == 0)
      return sign + to_text(value / one / unit) + std::string(suffix.text);
  return sign + to_text(value / one);
}

}  // namespace

std::optional<std::string> canonical_quantity(const std::string& text) {
  const auto exact = parse(text);
  if (!exact) return std::nullopt;
  return exact->canonical ? text : text_of(*exact);
}

int compare_quantities(const std::string& left, const std::string& right) {
  const Wide l = parse(left).value_or(Exact{}).billionths;
  const Wide r = parse(right).value_or(Exact{}).billionths;
  return l < r ? -1 : l > r ? 1 : 0;
}

}  // namespace mesh::simulator
