#include "providers/simulator/apimachinery/schema/quantity.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace mesh::simulator {

namespace {

__extension__ using Wide = unsigned __int128;

constexpr int nano = -9;
constexpr int largest_exponent = 1000;
constexpr std::string_view digits_of = "0123456789";

enum class Format { decimal, binary, exponent };

/// digits × 10^scale. Zero has no digits.
struct Exact {
  bool negative = false;
  std::string digits;
  int scale = 0;
  Format format = Format::decimal;
  /// Written as the server would write it: kept as it is.
  bool canonical = false;
};

struct Suffix {
  std::string_view text;
  int exponent;
};
constexpr Suffix decimal_suffixes[] = {{"n", -9}, {"u", -6}, {"m", -3}, {"", 0},   {"k", 3},
                                       {"M", 6},  {"G", 9},  {"T", 12}, {"P", 15}, {"E", 18}};
constexpr Suffix binary_suffixes[] = {{"Ki", 10}, {"Mi", 20}, {"Gi", 30}, {"Ti", 40}, {"Pi", 50}, {"Ei", 60}};

const Suffix* suffix_named(const Suffix* begin, const Suffix* end, std::string_view text) {
  const Suffix* at = std::find_if(begin, end, [&](const Suffix& one) { return one.text == text; });
  return at == end ? nullptr : at;
}

std::string to_text(Wide value) {
  std::string text;
  for (; value != 0; value /= 10) text.insert(text.begin(), static_cast<char>('0' + static_cast<int>(value % 10)));
  return text;
}

void trim(Exact& exact) {
  exact.digits.erase(0, std::min(exact.digits.find_first_not_of('0'), exact.digits.size()));
  while (!exact.digits.empty() && exact.digits.back() == '0') {
    exact.digits.pop_back();
    ++exact.scale;
  }
  if (exact.digits.empty()) exact.scale = 0;
}

/// What is finer is rounded away from zero.
void round_to(Exact& exact, int finest) {
  if (exact.scale >= finest || exact.digits.empty()) return;
  const auto cut = std::min<std::size_t>(static_cast<std::size_t>(finest - exact.scale), exact.digits.size());
  exact.digits.erase(exact.digits.size() - cut);
  exact.scale = finest;
  // Nines become zeros, what stands before them grows by one.
  const std::size_t last = exact.digits.find_last_not_of('9');
  const std::size_t kept = last == std::string::npos ? 0 : last + 1;
  const std::size_t nines = exact.digits.size() - kept;
  if (kept > 0) {
    exact.digits.erase(kept);
    ++exact.digits.back();
  } else {
    exact.digits.clear();
    exact.digits.push_back('1');
  }
  exact.scale += static_cast<int>(nines);
  trim(exact);
}

bool apply_suffix(Exact& exact, std::string_view suffix, std::size_t fraction) {
  exact.scale = -static_cast<int>(fraction);
  if (const Suffix* decimal = suffix_named(std::begin(decimal_suffixes), std::end(decimal_suffixes), suffix)) {
    exact.scale += decimal->exponent;
    return true;
  }
  if (const Suffix* binary = suffix_named(std::begin(binary_suffixes), std::end(binary_suffixes), suffix)) {
    exact.format = Format::binary;
    if (exact.digits.size() > 18) return false;
    exact.digits = to_text(static_cast<Wide>(std::strtoull(exact.digits.c_str(), nullptr, 10)) << binary->exponent);
    return true;
  }
  if (suffix.size() < 2 || (suffix[0] != 'e' && suffix[0] != 'E')) return false;
  int exponent = 0;
  suffix.remove_prefix(suffix[1] == '+' ? 2 : 1);
  const auto [end, error] = std::from_chars(suffix.data(), suffix.data() + suffix.size(), exponent);
  if (error != std::errc() || end != suffix.data() + suffix.size()) return false;
  // Nobody means more digits than that, and they would have to be written out to be compared.
  if (std::abs(exponent) > largest_exponent) return false;
  exact.format = Format::exponent;
  exact.scale += exponent;
  return true;
}

/// The server keeps a text that already has the right suffix, without checking for a still shorter form.
bool kept_as_written(const Exact& exact, const std::string& shifted, std::size_t fraction) {
  if (shifted.size() > 18) return false;
  if (exact.format == Format::binary)
    return fraction == 0 && shifted.size() < 10 && (std::strtoull(shifted.c_str(), nullptr, 10) & 7U) != 0;
  return exact.scale % 3 == 0 && exact.scale >= nano && !shifted.ends_with("000") && shifted[0] != '0';
}

std::optional<Exact> parse(std::string_view text) {
  Exact exact;
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    exact.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.empty()) return std::nullopt;
  const std::size_t whole_end = std::min(text.find_first_not_of(digits_of), text.size());
  std::string_view whole = text.substr(0, whole_end);
  std::string_view rest = text.substr(whole_end);
  std::string_view fraction;
  if (!rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find_first_not_of(digits_of), rest.size());
    fraction = rest.substr(0, end);
    rest.remove_prefix(end);
  }
  if (whole.empty() && fraction.empty()) return std::nullopt;
  whole.remove_prefix(std::min(whole.find_first_not_of('0'), whole.size()));
  const std::string shifted = (whole.empty() ? "0" : std::string(whole)) + std::string(fraction);
  exact.digits = shifted;
  if (!apply_suffix(exact, rest, fraction.size())) return std::nullopt;
  exact.canonical = kept_as_written(exact, shifted, fraction.size());
  trim(exact);
  round_to(exact, nano);
  return exact;
}

std::string decimal_text(const Exact& exact) {
  std::string digits = exact.digits;
  int scale = exact.scale;
  while (scale % 3 != 0) {
    digits += '0';
    --scale;
  }
  if (exact.format == Format::exponent) return scale == 0 ? digits : fmt::format("{}e{}", digits, scale);
  for (const Suffix& suffix : decimal_suffixes)
    if (suffix.exponent == scale) return digits + std::string(suffix.text);
  return digits + std::string(static_cast<std::size_t>(std::max(0, scale)), '0');
}

std::string binary_text(const Exact& exact) {
  const bool whole = exact.scale >= 0 && exact.digits.size() + static_cast<std::size_t>(exact.scale) <= 19;
  Wide value = 0;
  if (whole)
    value =
        std::strtoull((exact.digits + std::string(static_cast<std::size_t>(exact.scale), '0')).c_str(), nullptr, 10);
  Exact decimal = exact;
  decimal.format = Format::decimal;
  if (!whole || value < 1024) return decimal_text(decimal);
  int times = 0;
  for (; value >= 1024 && value % 1024 == 0; value /= 1024) ++times;
  const std::string suffix = times == 0 ? "" : std::string(binary_suffixes[std::min(times, 6) - 1].text);
  return to_text(value) + suffix;
}

/// Whole digits of both at the finer scale.
std::string digits_at(const Exact& exact, int scale) {
  return exact.digits.empty() ? "" : exact.digits + std::string(static_cast<std::size_t>(exact.scale - scale), '0');
}

}  // namespace

std::optional<std::string> canonical_quantity(const std::string& text) {
  if (text == "0") return text;
  const auto exact = parse(text);
  if (!exact) return std::nullopt;
  if (exact->digits.empty()) return "0";
  if (exact->canonical) return text;
  return fmt::format("{}{}", exact->negative ? "-" : "",
                     exact->format == Format::binary ? binary_text(*exact) : decimal_text(*exact));
}

std::optional<std::string> resource_quantity(const std::string& text) {
  constexpr int milli = -3;
  static const std::string most = "9223372036854775807";
  auto exact = parse(text);
  if (!exact) return std::nullopt;
  if (!exact->negative && compare_quantities(text, most) > 0) return most;
  if (exact->scale >= milli) return canonical_quantity(text);
  round_to(*exact, milli);
  return fmt::format("{}{}", exact->negative ? "-" : "", decimal_text(*exact));
}

int compare_quantities(const std::string& left, const std::string& right) {
  const Exact l = parse(left).value_or(Exact{});
  const Exact r = parse(right).value_or(Exact{});
  const int l_sign = l.digits.empty() ? 0 : l.negative ? -1 : 1;
  const int r_sign = r.digits.empty() ? 0 : r.negative ? -1 : 1;
  if (l_sign != r_sign) return l_sign < r_sign ? -1 : 1;
  const int scale = std::min(l.scale, r.scale);
  const std::string a = digits_at(l, scale);
  const std::string b = digits_at(r, scale);
  const int by_size = a.size() == b.size() ? a.compare(b) : a.size() < b.size() ? -1 : 1;
  return l_sign < 0 ? -by_size : by_size;
}

}  // namespace mesh::simulator
