#include "providers/simulator/apiserver/request/query_text.h"

#include <charconv>

namespace mesh::simulator {

std::string percent_decoded(std::string_view text, bool plus_is_space) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned value = 0;
    if (text[at] == '%' && at + 2 < text.size() &&
        std::from_chars(text.data() + at + 1, text.data() + at + 3, value, 16).ptr == text.data() + at + 3) {
      plain += static_cast<char>(value);
      at += 2;
    } else {
      plain += plus_is_space && text[at] == '+' ? ' ' : text[at];
    }
  }
  return plain;
}

std::multimap<std::string, std::string> parse_query(const std::string& text) {
  std::multimap<std::string, std::string> query;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('&', start), text.size());
    const std::string pair = text.substr(start, end - start);
    const std::size_t sign = pair.find('=');
    if (!pair.empty()) {
      query.emplace(percent_decoded(pair.substr(0, sign), true),
                    sign == std::string::npos ? "" : percent_decoded(pair.substr(sign + 1), true));
    }
    start = end + 1;
  }
  return query;
}

ApiRequest request_to(const std::string& method, const std::string& target) {
  const std::size_t mark = std::min(target.find('?'), target.size());
  ApiRequest request{.method = method, .path = percent_decoded(std::string_view(target).substr(0, mark), false)};
  if (mark < target.size()) request.query = parse_query(target.substr(mark + 1));
  return request;
}

}  // namespace mesh::simulator
