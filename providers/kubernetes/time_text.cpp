#include "providers/kubernetes/time_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <string>

namespace mesh::kubernetes {
namespace {

using std::chrono::milliseconds;
using std::chrono::system_clock;

std::optional<system_clock::time_point> from_utc(int year, int month, int day, int hour, int minute, int second) {
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59 ||
      second < 0 || second > 60) {
    return std::nullopt;
  }
  std::tm parts{};
  parts.tm_year = year - 1900;
  parts.tm_mon = month - 1;
  parts.tm_mday = day;
  parts.tm_hour = hour;
  parts.tm_min = minute;
  parts.tm_sec = second;
  return system_clock::from_time_t(timegm(&parts));
}

}  // namespace

std::optional<system_clock::time_point> parse_rfc3339(std::string_view text) {
  const std::string zero_ended(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, used = 0;
  char separator = 0;
  if (std::sscanf(zero_ended.c_str(), "%4d-%2d-%2d%c%2d:%2d:%2d%n", &year, &month, &day, &separator, &hour, &minute,
                  &second, &used) != 7 ||
      (separator != 'T' && separator != 't' && separator != ' ')) {
    return std::nullopt;
  }
  auto when = from_utc(year, month, day, hour, minute, second);
  if (!when) return std::nullopt;
  std::string_view rest = std::string_view(zero_ended).substr(static_cast<std::size_t>(used));
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of("0123456789"), rest.size()));
  }
  if (rest == "Z" || rest == "z") return when;
  int offset_hours = 0, offset_minutes = 0;
  char sign = 0;
  const std::string offset(rest);
  if (std::sscanf(offset.c_str(), "%c%2d:%2d", &sign, &offset_hours, &offset_minutes) != 3 || offset.size() != 6 ||
      (sign != '+' && sign != '-')) {
    return std::nullopt;
  }
  const auto shift = std::chrono::hours(offset_hours) + std::chrono::minutes(offset_minutes);
  return sign == '+' ? *when - shift : *when + shift;
}

std::optional<system_clock::time_point> parse_http_date(std::string_view text) {
  static constexpr std::array<const char*, 12> months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string zero_ended(text);
  int year = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::array<char, 4> month{};
  std::array<char, 4> weekday{};
  std::array<char, 4> zone{};
  if (std::sscanf(zero_ended.c_str(), "%3s, %2d %3s %4d %2d:%2d:%2d %3s", weekday.data(), &day, month.data(), &year,
                  &hour, &minute, &second, zone.data()) != 8 ||
      std::strcmp(zone.data(), "GMT") != 0) {
    return std::nullopt;
  }
  const auto found = std::find_if(months.begin(), months.end(),
                                  [&](const char* name) { return std::strcmp(name, month.data()) == 0; });
  if (found == months.end()) return std::nullopt;
  return from_utc(year, static_cast<int>(found - months.begin()) + 1, day, hour, minute, second);
}

std::optional<milliseconds> parse_retry_after(std::string_view text, system_clock::time_point now) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  long seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (error == std::errc() && end == text.data() + text.size() && seconds >= 0 && seconds < 1000000) {
    return milliseconds(seconds * 1000);
  }
  if (const auto date = parse_http_date(text)) {
    return std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(*date - now));
  }
  return std::nullopt;
}

}  // namespace mesh::kubernetes
