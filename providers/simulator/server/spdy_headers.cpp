#include "providers/simulator/server/spdy_headers.h"

#include <algorithm>
#include <array>

namespace mesh::simulator::spdy {
namespace {

/// Each is written with its length before it.
constexpr std::array words = {"options",
                              "head",
                              "post",
                              "put",
                              "delete",
                              "trace",
                              "accept",
                              "accept-charset",
                              "accept-encoding",
                              "accept-language",
                              "accept-ranges",
                              "age",
                              "allow",
                              "authorization",
                              "cache-control",
                              "connection",
                              "content-base",
                              "content-encoding",
                              "content-language",
                              "content-length",
                              "content-location",
                              "content-md5",
                              "content-range",
                              "content-type",
                              "date",
                              "etag",
                              "expect",
                              "expires",
                              "from",
                              "host",
                              "if-match",
                              "if-modified-since",
                              "if-none-match",
                              "if-range",
                              "if-unmodified-since",
                              "last-modified",
                              "location",
                              "max-forwards",
                              "pragma",
                              "proxy-authenticate",
                              "proxy-authorization",
                              "range",
                              "referer",
                              "retry-after",
                              "server",
                              "te",
                              "trailer",
                              "transfer-encoding",
                              "upgrade",
                              "user-agent",
                              "vary",
                              "via",
                              "warning",
                              "www-authenticate",
                              "method",
                              "get",
                              "status",
                              "200 OK",
                              "version",
                              "HTTP/1.1",
                              "url",
                              "public",
                              "set-cookie",
                              "keep-alive",
                              "origin"};

constexpr const char* rest =
    "100101201202205206300302303304305306307402405406407408409410411412413414415416417502504505"
    "203 Non-Authoritative Information204 No Content301 Moved Permanently400 Bad Request401 Unauthorized"
    "403 Forbidden404 Not Found500 Internal Server Error501 Not Implemented503 Service Unavailable"
    "Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec 00:00:00 Mon, Tue, Wed, Thu, Fri, Sat, Sun, GMT"
    "chunked,text/html,image/png,image/jpg,image/gif,application/xml,application/xhtml+xml,text/plain,"
    "text/javascript,publicprivatemax-age=gzip,deflate,sdchcharset=utf-8charset=iso-8859-1,utf-,*,enq=0.";

std::string counted(std::string_view text) { return number_text(static_cast<std::uint32_t>(text.size())).append(text); }

/// Takes a counted text off the front.
std::optional<std::string> take(std::string_view& block) {
  if (block.size() < 4) return std::nullopt;
  const std::size_t length = number_at(block, 0);
  if (block.size() - 4 < length) return std::nullopt;
  std::string text(block.substr(4, length));
  block.remove_prefix(4 + length);
  return text;
}

}  // namespace

const std::string& dictionary() {
  static const std::string text = [] {
    std::string made;
    for (const char* word : words) made += counted(word);
    return made + rest;
  }();
  return text;
}

std::string number_text(std::uint32_t number) {
  std::string text;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) text += static_cast<char>((number >> shift) & 0xFFU);
  return text;
}

std::uint32_t number_at(std::string_view text, std::size_t at) {
  std::uint32_t number = 0;
  for (const char c : text.substr(at, 4)) number = (number << 8U) | static_cast<unsigned char>(c);
  return number;
}

std::string block_of(const Headers& headers) {
  std::string block = number_text(static_cast<std::uint32_t>(headers.size()));
  for (const auto& [name, value] : headers) block += counted(name) + counted(value);
  return block;
}

std::optional<Headers> headers_of(std::string_view block) {
  if (block.size() < 4) return std::nullopt;
  const std::uint32_t count = number_at(block, 0);
  block.remove_prefix(4);
  Headers headers;
  // A pair has eight bytes at least: a count that is too large ends with the text.
  for (std::uint32_t i = 0; i < count; ++i) {
    auto name = take(block);
    auto value = name ? take(block) : std::nullopt;
    if (!value || name->empty()) return std::nullopt;
    const bool upper = std::any_of(name->begin(), name->end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    if (upper || !headers.emplace(std::move(*name), std::move(*value)).second) return std::nullopt;
  }
  if (!block.empty()) return std::nullopt;
  return headers;
}

}  // namespace mesh::simulator::spdy
