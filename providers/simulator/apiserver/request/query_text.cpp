#include "providers/simulator/apiserver/request/query_text.h"

#include <charconv>

namespace mesh::simulator {

namespace {

std::string decode(const std::string& text) {
  std::string plain;
  for (std::size_t at = 0; at < text.size(); ++at) {
    unsigned value = 0;
    if (text[at] == '%' && at + 2 < text.size() + 0 &&
        std::from_chars(text.data() + at + 1, text.data() + at + 3, value, 16).ptr == text.data() + at + 3) {
      plain += static_cast<char>(value);
      at += 2;
    } else {
      plain += text[at] == '+' ? ' ' : text[at];
    }
  }
  return plain;
}

}  // namespace

std::multimap<std::string, std::string> parse_query(const std::string& text) {
  std::multimap<std::string, std::string> query;
  std::size_t start = 0;
  while (start < text.size()) {
    const std::size_t end = std::min(text.find('&', start), text.size());
    const std::string pair = text.substr(start, end - start);
    const std::size_t sign = pair.find('=');
    if (!pair.empty()) {
      query.emplace(decode(pair.substr(0, sign)), sign == std::string::npos ? "" : decode(pair.substr(sign + 1)));
    }
    start = end + 1;
  }
  return query;
}

}  // namespace mesh::simulator
