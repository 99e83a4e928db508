#include "providers/kubernetes/server_url.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <sstream>
#include <vector>

namespace mesh::kubernetes {
namespace {

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return static_cast<char>(std::tolower(static_cast<unsigned char>(c))); });
  return lower;
}

/// The address in network order, 4 or 16 bytes; IPv4 mapped into IPv6 counts as IPv4.
std::optional<std::vector<std::uint8_t>> address_of(const std::string& text) {
  std::array<std::uint8_t, 16> bytes{};
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1)
    return std::vector<std::uint8_t>(bytes.begin(), bytes.begin() + 4);
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) != 1) return std::nullopt;
  const bool mapped = std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t b) { return b == 0; }) &&
                      bytes[10] == 0xff && bytes[11] == 0xff;
  return mapped ? std::vector<std::uint8_t>(bytes.begin() + 12, bytes.end())
                : std::vector<std::uint8_t>(bytes.begin(), bytes.end());
}

bool loopback_host(const std::string& host) {
  if (host == "localhost") return true;
  const auto address = address_of(host);
  if (!address) return false;
  if (address->size() == 4) return address->front() == 127;
  return std::all_of(address->begin(), address->end() - 1, [](std::uint8_t b) { return b == 0; }) &&
         address->back() == 1;
}

bool in_block(const std::string& host, const std::string& block) {
  const auto slash = block.find('/');
  const auto network = address_of(block.substr(0, slash));
  const auto address = address_of(host);
  unsigned bits = 0;
  const char* end = block.data() + block.size();
  const auto parsed = std::from_chars(block.data() + slash + 1, end, bits);
  if (!network || !address || network->size() != address->size() || parsed.ec != std::errc() || parsed.ptr != end ||
      bits > network->size() * 8) {
    return false;
  }
  for (unsigned bit = 0; bit < bits; ++bit) {
    const unsigned mask = 0x80U >> (bit % 8);
    if (((*network)[bit / 8] & mask) != ((*address)[bit / 8] & mask)) return false;
  }
  return true;
}

bool no_proxy_entry_matches(std::string entry, const ServerUrl& url) {
  const std::string port = !url.port.empty() ? url.port : url.scheme == "https" ? "443" : "80";
  if (entry == "*") return true;
  if (entry.find('/') != std::string::npos) return in_block(url.host, entry);
  if (!address_of(entry)) {
    // `host:port`, or `[v6]:port`
    if (const auto colon = entry.rfind(':'); colon != std::string::npos) {
      if (entry.substr(colon + 1) != port) return false;
      entry.resize(colon);
    }
    if (entry.size() > 2 && entry.front() == '[' && entry.back() == ']') entry = entry.substr(1, entry.size() - 2);
  }
  if (const auto address = address_of(entry)) return address == address_of(url.host);
  if (entry.starts_with("*.")) entry.erase(0, 1);
  if (entry.starts_with('.')) return url.host.ends_with(entry);
  return url.host == entry || url.host.ends_with("." + entry);
}

std::string variable(const Environment& environment, std::string_view upper) {
  for (const std::string& name : {std::string(upper), lower_case(upper)}) {
    if (const auto it = environment.find(name); it != environment.end() && !it->second.empty()) return it->second;
  }
  return {};
}

}  // namespace

std::optional<ServerUrl> parse_server_url(std::string_view text) {
  const bool odd = std::any_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= ' ' || c == 0x7f || c == '"' || c == '<' || c == '>' || c == '\\';
  });
  const auto colon = text.find("://");
  if (odd || colon == std::string_view::npos || colon == 0) return std::nullopt;
  ServerUrl url{.scheme = lower_case(text.substr(0, colon)), .host = {}, .port = {}, .path = {}};
  text.remove_prefix(colon + 3);
  const auto path = std::min(text.find_first_of("/?#"), text.size());
  std::string_view authority = text.substr(0, path);
  std::string_view rest = text.substr(path);
  if (rest.find_first_of("?#") != std::string_view::npos) return std::nullopt;
  while (rest.ends_with('/')) rest.remove_suffix(1);
  url.path = rest;
  if (const auto user = authority.rfind('@'); user != std::string_view::npos) authority.remove_prefix(user + 1);
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    url.host = lower_case(authority.substr(1, close - 1));
    if (!address_of(url.host)) return std::nullopt;
    authority.remove_prefix(close + 1);
  } else {
    const auto end = std::min(authority.find(':'), authority.size());
    url.host = lower_case(authority.substr(0, end));
    authority.remove_prefix(end);
  }
  if (authority.starts_with(':')) {
    url.port = authority.substr(1);
    unsigned port = 0;
    const auto parsed = std::from_chars(url.port.data(), url.port.data() + url.port.size(), port);
    if (parsed.ec != std::errc() || parsed.ptr != url.port.data() + url.port.size() || port == 0 || port > 65535) {
      return std::nullopt;
    }
  } else if (!authority.empty()) {
    return std::nullopt;
  }
  if (url.host.empty()) return std::nullopt;
  return url;
}

std::string authority_of(const ServerUrl& url) {
  std::string text = url.host.find(':') != std::string::npos ? "[" + url.host + "]" : url.host;
  if (!url.port.empty()) text += ":" + url.port;
  return text;
}

std::string to_string(const ServerUrl& url) { return url.scheme + "://" + authority_of(url) + url.path; }

bool is_loopback(std::string_view server) {
  const auto url = parse_server_url(server);
  return url && loopback_host(url->host);
}

std::string proxy_from_environment(const std::string& server, const Environment& environment) {
  const auto url = parse_server_url(server);
  if (!url || loopback_host(url->host)) return {};
  std::string proxy = variable(environment, url->scheme == "https" ? "HTTPS_PROXY" : "HTTP_PROXY");
  if (proxy.empty()) return {};
  std::istringstream entries(lower_case(variable(environment, "NO_PROXY")));
  for (std::string entry; std::getline(entries, entry, ',');) {
    const auto first = entry.find_first_not_of(" \t");
    if (first == std::string::npos) continue;
    entry = entry.substr(first, entry.find_last_not_of(" \t") - first + 1);
    if (no_proxy_entry_matches(entry, *url)) return {};
  }
  return proxy.find("://") == std::string::npos ? "http://" + proxy : proxy;
}

}  // namespace mesh::kubernetes
