#include "providers/kubernetes/kubeconfig/server_url.h"

#include <arpa/inet.h>
#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <memory>
#include <sstream>
#include <vector>

#include "engine/base/lower_case.h"

namespace mesh::kubernetes {
namespace {

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

std::optional<ServerUrl> parse_server_url(const std::string& text) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), curl_url_cleanup);
  // libcurl stops reading at a zero byte.
  const bool read = text.find('\0') == std::string::npos &&
                    curl_url_set(parsed.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) == CURLUE_OK;
  const auto part = [&](CURLUPart which) {
    char* found = nullptr;
    if (curl_url_get(parsed.get(), which, &found, 0) != CURLUE_OK) return std::string();
    const std::unique_ptr<char, decltype(&curl_free)> owner(found, curl_free);
    return std::string(found);
  };
  if (!read || text.find_first_of("?#") != std::string::npos || !part(CURLUPART_ZONEID).empty()) return std::nullopt;
  ServerUrl url{.scheme = part(CURLUPART_SCHEME),
                .host = lower_case(part(CURLUPART_HOST)),
                .port = part(CURLUPART_PORT),
                .path = part(CURLUPART_PATH)};
  if (url.host.starts_with('[')) url.host = url.host.substr(1, url.host.size() - 2);
  while (url.path.ends_with('/')) url.path.pop_back();
  if (url.host.empty() || url.port == "0") return std::nullopt;
  return url;
}

std::string authority_of(const ServerUrl& url) {
  std::string text = url.host.find(':') != std::string::npos ? "[" + url.host + "]" : url.host;
  if (!url.port.empty()) text += ":" + url.port;
  return text;
}

std::string to_string(const ServerUrl& url) { return url.scheme + "://" + authority_of(url) + url.path; }

bool is_loopback(const std::string& server) {
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
