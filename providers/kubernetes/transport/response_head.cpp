#include "providers/kubernetes/transport/response_head.h"

#include <charconv>
#include <utility>

#include "engine/base/lower_case.h"

namespace mesh::kubernetes {
namespace {

std::optional<std::size_t> number_of(std::string_view text, int base) {
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, base);
  if (error != std::errc() || end == text.data()) return std::nullopt;
  return number;
}

std::optional<std::string> join_chunks(std::string_view bytes, bool closed) {
  std::string body;
  while (true) {
    const auto line_end = bytes.find("\r\n");
    if (line_end == std::string_view::npos) break;
    const auto size = number_of(bytes.substr(0, line_end), 16);
    if (!size || *size == 0) return body;
    bytes.remove_prefix(line_end + 2);
    if (bytes.size() < *size + 2) break;
    body += bytes.substr(0, *size);
    bytes.remove_prefix(*size + 2);
  }
  return closed ? std::optional(body) : std::nullopt;
}

}  // namespace

std::optional<HttpResponse> parse_head(std::string_view head) {
  HttpResponse answer;
  auto line_end = head.find("\r\n");
  const std::string_view line = head.substr(0, line_end);
  const auto blank = line.find(' ');
  if (!line.starts_with("HTTP/1.") || blank == std::string_view::npos) return std::nullopt;
  const auto status = number_of(line.substr(blank + 1, 3), 10);
  if (!status) return std::nullopt;
  answer.status = static_cast<int>(*status);
  while (line_end != std::string_view::npos) {
    head.remove_prefix(line_end + 2);
    line_end = head.find("\r\n");
    const std::string_view header = head.substr(0, line_end);
    const auto colon = header.find(':');
    if (colon == std::string_view::npos) continue;
    std::string_view value = header.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with(' ')) value.remove_suffix(1);
    answer.headers[lower_case(header.substr(0, colon))] = std::string(value);
  }
  return answer;
}

std::optional<std::string> parse_body(const HttpResponse& head, std::string_view bytes, bool closed) {
  const auto encoding = head.headers.find("transfer-encoding");
  if (encoding != head.headers.end() && lower_case(encoding->second) == "chunked") return join_chunks(bytes, closed);
  const auto length = head.headers.find("content-length");
  const auto size = length == head.headers.end() ? std::nullopt : number_of(length->second, 10);
  if (size && bytes.size() >= *size) return std::string(bytes.substr(0, *size));
  return closed ? std::optional(std::string(bytes)) : std::nullopt;
}

}  // namespace mesh::kubernetes
