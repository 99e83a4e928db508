#include "providers/kubernetes/retry_after.h"

#include <algorithm>
#include <charconv>

#include "providers/kubernetes/http_date.h"

namespace mesh::kubernetes {

std::optional<std::chrono::milliseconds> parse_retry_after(const std::string& text,
                                                           std::chrono::system_clock::time_point now) {
  using std::chrono::milliseconds;
  const char* begin = text.data() + std::min(text.find_first_not_of(' '), text.size());
  const char* end = text.data() + text.find_last_not_of(' ') + 1;
  long seconds = 0;
  const auto [parsed, error] = std::from_chars(begin, end, seconds);
  if (parsed == end) {
    const bool valid = error == std::errc() && seconds >= 0 && seconds < 1000000;
    return valid ? std::optional(milliseconds(seconds * 1000)) : std::nullopt;
  }
  const auto date = parse_http_date(text);
  if (!date) return std::nullopt;
  const auto left = *date - now;
  return std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(left));
}

}  // namespace mesh::kubernetes
