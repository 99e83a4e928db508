#include "engine/base/time.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>

namespace mesh {
namespace {

using std::chrono::system_clock;

std::optional<system_clock::time_point> from_utc(std::tm parts) {
  const auto within = [](int value, int least, int most) { return value >= least && value <= most; };
  if (!within(parts.tm_mon, 0, 11) || !within(parts.tm_mday, 1, 31) || !within(parts.tm_hour, 0, 23) ||
      !within(parts.tm_min, 0, 59) || !within(parts.tm_sec, 0, 60)) {
    return std::nullopt;
  }
  // A clock of nanoseconds ends in 2262; texts that mean "never" name later years. A day is left for the offset.
  constexpr auto last = std::chrono::duration_cast<std::chrono::seconds>(system_clock::duration::max()).count() - 86400;
  return system_clock::from_time_t(std::clamp<std::time_t>(timegm(&parts), -last, last));
}

}  // namespace

std::string rfc3339(system_clock::time_point when) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(system_clock::to_time_t(when)));
}

std::optional<system_clock::time_point> parse_rfc3339(std::string_view text) {
  const std::string zero_ended(text);
  std::tm parts{};
  int used = 0;
  char separator = 0;
  if (std::sscanf(zero_ended.c_str(), "%4d-%2d-%2d%c%2d:%2d:%2d%n", &parts.tm_year, &parts.tm_mon, &parts.tm_mday,
                  &separator, &parts.tm_hour, &parts.tm_min, &parts.tm_sec, &used) != 7 ||
      (separator != 'T' && separator != 't' && separator != ' ')) {
    return std::nullopt;
  }
  parts.tm_year -= 1900;
  parts.tm_mon -= 1;
  const auto when = from_utc(parts);
  if (!when) return std::nullopt;
  std::string_view rest = std::string_view(zero_ended).substr(static_cast<std::size_t>(used));
  if (rest.starts_with('.')) {
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of("0123456789"), rest.size()));
  }
  if (rest == "Z" || rest == "z") return when;
  int hours = 0;
  int minutes = 0;
  char sign = 0;
  if (std::sscanf(std::string(rest).c_str(), "%c%2d:%2d", &sign, &hours, &minutes) != 3 || rest.size() != 6 ||
      (sign != '+' && sign != '-')) {
    return std::nullopt;
  }
  const auto shift = std::chrono::hours(hours) + std::chrono::minutes(minutes);
  return sign == '+' ? *when - shift : *when + shift;
}

}  // namespace mesh
