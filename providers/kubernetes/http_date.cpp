#include "providers/kubernetes/http_date.h"

#include <curl/curl.h>

#include <ctime>

namespace mesh::kubernetes {

std::optional<std::chrono::system_clock::time_point> parse_http_date(const std::string& text) {
  const std::time_t date = curl_getdate(text.c_str(), nullptr);
  if (date < 0) return std::nullopt;
  return std::chrono::system_clock::from_time_t(date);
}

}  // namespace mesh::kubernetes
