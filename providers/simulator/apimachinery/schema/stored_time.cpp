#include "providers/simulator/apimachinery/schema/stored_time.h"

#include <fmt/format.h>

#include <cctype>
#include <ctime>

namespace mesh::simulator {

std::string stored_time(const std::string& text, bool micro) {
  std::tm given{};
  const char* rest = strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &given);
  if (rest == nullptr) return text;
  std::string fraction;
  if (*rest == '.')
    for (++rest; std::isdigit(static_cast<unsigned char>(*rest)) != 0; ++rest) fraction += *rest;
  const char* end = strptime(rest, "%z", &given);
  if (end == nullptr || *end != '\0') return text;
  const long offset = given.tm_gmtoff;
  const std::time_t seconds = timegm(&given) - offset;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  fraction.resize(6, '0');
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}Z", utc.tm_year + 1900, utc.tm_mon + 1, utc.tm_mday,
                     utc.tm_hour, utc.tm_min, utc.tm_sec, micro ? "." + fraction : "");
}

}  // namespace mesh::simulator
