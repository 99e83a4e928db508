#include "providers/kubernetes/http_date.h"

#include <curl/curl.h>

#include <ctime>

namespace mesh::kubernetes {

std::optional<std::chrono::system_clock::time_point> parse_http_date(const std::string& text) {
  const std::time_t date = curl_getdate(text.c_str(), nullptr);
  // A clock of nanoseconds ends in 2262.
  using std::chrono::system_clock;
  constexpr auto last = std::chrono::duration_cast<std::chrono::seconds>(system_clock::duration::max()).count();
  if (date < 0 || date > last) return std::nullopt;
  return system_clock::from_time_t(date);
}

}  // namespace mesh::kubernetes
