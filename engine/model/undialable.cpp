#include "engine/model/undialable.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/base/lower_case.h"

namespace mesh {
namespace {

/// The host of a URL in lower case, without scheme, user, port, brackets, zone and final dot.
std::string host_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto user = url.rfind('@'); user != std::string_view::npos) url.remove_prefix(user + 1);
  if (url.starts_with('[')) {
    url = url.substr(1, url.find(']') - 1);
  } else if (std::count(url.begin(), url.end(), ':') == 1) {
    url = url.substr(0, url.find(':'));
  }
  url = url.substr(0, url.find('%'));
  if (url.ends_with('.')) url.remove_suffix(1);
  return lower_case(url);
}

std::optional<std::string_view> special_ipv4(std::uint32_t address) {
  if (address >> 24U == 127) return "a loopback address";
  if (address == 0) return "the unspecified address";
  if (address >> 16U == 0xA9FE) return "a link-local address";
  return std::nullopt;
}

std::optional<std::string_view> special_ipv6(const in6_addr& address) {
  const auto& bytes = address.s6_addr;
  const bool zeros = std::all_of(std::begin(bytes), std::begin(bytes) + 10, [](unsigned char b) { return b == 0; });
  if (IN6_IS_ADDR_LOOPBACK(&address)) return "a loopback address";
  if (IN6_IS_ADDR_UNSPECIFIED(&address)) return "the unspecified address";
  if (IN6_IS_ADDR_LINKLOCAL(&address)) return "a link-local address";
  if (zeros && bytes[10] == 0xFF && bytes[11] == 0xFF) {
    return special_ipv4(std::uint32_t{bytes[12]} << 24U | std::uint32_t{bytes[13]} << 16U |
                        std::uint32_t{bytes[14]} << 8U | std::uint32_t{bytes[15]});
  }
  return std::nullopt;
}

std::optional<std::string_view> special_address(const std::string& host) {
  // inet_aton takes the short forms as well (127.1), which resolvers take too.
  if (in_addr v4{}; inet_aton(host.c_str(), &v4) != 0) return special_ipv4(ntohl(v4.s_addr));
  if (in6_addr v6{}; inet_pton(AF_INET6, host.c_str(), &v6) == 1) return special_ipv6(v6);
  return std::nullopt;
}

struct SpecialName {
  /// With a leading dot: any name below it.
  std::string_view name;
  std::string_view what;
};

constexpr std::string_view one_machine = "a name that only one machine resolves";
constexpr std::string_view in_cluster = "a name inside one cluster";
constexpr std::string_view connect_gateway = "a Connect gateway host, which refuses service-account tokens";

constexpr auto special_names = std::to_array<SpecialName>({
    {"localhost", "a loopback name"},
    {".localhost", "a loopback name"},
    {"localhost.localdomain", "a loopback name"},
    {".docker.internal", one_machine},
    {".minikube.internal", one_machine},
    {"kubernetes", in_cluster},
    {"kubernetes.default", in_cluster},
    {".svc", in_cluster},
    {".cluster.local", in_cluster},
    {"connectgateway.googleapis.com", connect_gateway},
    {".connectgateway.googleapis.com", connect_gateway},
});

std::optional<std::string_view> special_name(std::string_view host) {
  if (host.starts_with("kubernetes.default.")) return in_cluster;
  // Regional hosts: us-central1-connectgateway.googleapis.com.
  if (host.ends_with("-connectgateway.googleapis.com")) return connect_gateway;
  for (const SpecialName& special : special_names) {
    const bool below = special.name.starts_with('.');
    if (below ? host.ends_with(special.name) : host == special.name) return special.what;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> undialable(std::string_view url) {
  const std::string host = host_of(url);
  if (host.empty()) return "the address names no host";
  auto what = special_address(host);
  if (!what) what = special_name(host);
  if (!what) return std::nullopt;
  return fmt::format("`{}` is {}", host, *what);
}

}  // namespace mesh
