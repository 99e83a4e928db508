#include "providers/simulator/apimachinery/schema/stored_time.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

namespace mesh::simulator {

namespace {

namespace chrono = std::chrono;

/// Minutes of `+02:00`; `Z` is none. False: neither.
bool read_offset(const std::string& text, int& minutes) {
  minutes = 0;
  if (text == "Z" || text == "z") return true;
  int hours = 0;
  int rest = 0;
  char sign = 0;
  if (text.size() != 6 || std::sscanf(text.c_str(), "%c%2d:%2d", &sign, &hours, &rest) != 3) return false;
  minutes = (sign == '-' ? -1 : 1) * (hours * 60 + rest);
  return sign == '+' || sign == '-';
}

}  // namespace

std::string stored_time(const std::string& text, bool micro) {
  int part[6] = {};
  int used = 0;
  if (std::sscanf(text.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &part[0], &part[1], &part[2], &part[3], &part[4], &part[5],
                  &used) != 6)
    return text;
  std::string rest = text.substr(static_cast<std::size_t>(used));
  std::string fraction;
  if (!rest.empty() && rest[0] == '.') {
    const std::size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    fraction = rest.substr(1, end - 1);
    rest = rest.substr(end);
  }
  int offset = 0;
  if (!read_offset(rest, offset)) return text;
  const chrono::year_month_day given{chrono::year{part[0]}, chrono::month{static_cast<unsigned>(part[1])},
                                     chrono::day{static_cast<unsigned>(part[2])}};
  if (!given.ok()) return text;
  const chrono::sys_seconds at =
      chrono::sys_days{given} + chrono::hours{part[3]} + chrono::minutes{part[4] - offset} + chrono::seconds{part[5]};
  const chrono::sys_days date = chrono::floor<chrono::days>(at);
  const chrono::year_month_day ymd{date};
  const chrono::hh_mm_ss clock{at - date};
  fraction.resize(6, '0');
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", static_cast<int>(ymd.year()),
                     static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), micro ? "." + fraction : "");
}

}  // namespace mesh::simulator
