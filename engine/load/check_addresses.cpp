#include "engine/load/check_addresses.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/load/problems.h"

namespace mesh {
namespace {

using Bytes = std::array<unsigned char, 16>;

struct Address {
  int family = AF_INET;
  Bytes bytes{};

  unsigned bits() const { return family == AF_INET ? 32 : 128; }
};

std::optional<Address> parse_ip(std::string_view text) {
  const std::string terminated(text);
  // A NUL would end the text early for inet_pton.
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  Address address;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) return address;
  address.family = AF_INET6;
  if (text.find('.') != std::string_view::npos) return std::nullopt;
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

std::string to_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  inet_ntop(address.family, address.bytes.data(), text.data(), text.size());
  return text.data();
}

/// A number without sign and leading zeros.
std::optional<unsigned> parse_number(std::string_view text, unsigned most) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (!whole || (text.size() > 1 && text.front() == '0') || number > most) return std::nullopt;
  return number;
}

Address without_host_bits(Address address, unsigned prefix) {
  for (unsigned bit = prefix; bit < address.bits(); ++bit) {
    address.bytes[bit / 8] &= static_cast<unsigned char>(~(0x80U >> (bit % 8)));
  }
  return address;
}

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_decimal(char c) { return c >= '0' && c <= '9'; }

bool is_host_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_letter(c) || is_decimal(c) || c == '-'; });
}

/// `/one/two`: unreserved characters of RFC 3986, no empty step.
bool is_path(std::string_view path) {
  for (std::size_t i = 0; i < path.size(); ++i) {
    const bool plain =
        is_letter(path[i]) || is_decimal(path[i]) || std::string_view("-._~").find(path[i]) != std::string::npos;
    if (path[i] != '/' && !plain) return false;
    if (path[i] == '/' && (i + 1 == path.size() || path[i + 1] == '/')) return false;
  }
  return true;
}

bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    const auto address = host.ends_with(']') ? parse_ip(host.substr(1, host.size() - 2)) : std::nullopt;
    return address && address->family == AF_INET6;
  }
  const auto address = parse_ip(host);
  if (address) return address->family == AF_INET;
  if (host.size() > 253) return false;
  std::string_view label;
  for (std::size_t begin = 0; begin <= host.size(); begin += label.size() + 1) {
    label = host.substr(begin, host.find('.', begin) - begin);
    if (!is_host_label(label)) return false;
  }
  // A last label without a letter makes an address of it, and a wrong one.
  return std::any_of(label.begin(), label.end(), is_letter);
}

}  // namespace

Verdict check_ip(std::string_view text) {
  if (parse_ip(text)) return std::nullopt;
  return Complaint{.cause = fmt::format("{} is not an IP address", shown(text)),
                   .hint = "write an address such as `10.1.2.3` or `2001:db8::1`"};
}

Verdict check_cidr(std::string_view text) {
  const auto slash = text.find('/');
  const auto address = parse_ip(text.substr(0, slash));
  const auto prefix =
      address && slash != std::string_view::npos ? parse_number(text.substr(slash + 1), address->bits()) : std::nullopt;
  if (!prefix) {
    std::string hint = "write a block such as `10.0.0.0/8` or `2001:db8::/32`";
    if (address && slash == std::string_view::npos) {
      hint = fmt::format("one address alone is `{}/{}`", text, address->bits());
    }
    return Complaint{.cause = fmt::format("{} is not a CIDR block", shown(text)), .hint = hint};
  }
  const Address network = without_host_bits(*address, *prefix);
  if (network.bytes == address->bytes) return std::nullopt;
  return Complaint{.summary = "address block has host bits set",
                   .cause = fmt::format("{} is an address inside a block of /{}", shown(text), *prefix),
                   .hint = fmt::format("the block is `{}/{}`; the address alone is `{}/{}`", to_text(network), *prefix,
                                       to_text(*address), address->bits())};
}

Verdict check_api_server(std::string_view text) {
  // First of all, so that no other message quotes a credential.
  if (text.find('@') != std::string_view::npos) {
    return Complaint{.cause = "the URL holds a user name or a credential", .hint = "remove what is before `@`"};
  }
  constexpr std::string_view scheme = "https://";
  if (!text.starts_with(scheme)) {
    const auto separator = text.find("://");
    const std::string_view rest = separator == std::string_view::npos ? text : text.substr(separator + 3);
    return Complaint{.cause = fmt::format("{} does not start with `https://`", shown(text)),
                     .hint = fmt::format("write {}", shown("https://" + std::string(rest)))};
  }
  std::string_view authority = text.substr(scheme.size());
  if (const auto end = authority.find('/'); end != std::string_view::npos) {
    // Proxies of many clusters tell them apart by it.
    if (!is_path(authority.substr(end))) {
      return Complaint{.cause = fmt::format("{} has no plain path", shown(text)),
                       .hint = "write `https://host/path`, without query, fragment and a slash at the end"};
    }
    authority = authority.substr(0, end);
  }
  const auto colon = authority.rfind(':');
  const bool port_given = colon != std::string_view::npos && authority.find(']', colon) == std::string_view::npos;
  const std::string_view host = port_given ? authority.substr(0, colon) : authority;
  if (!is_host(host)) {
    return Complaint{.cause = fmt::format("{} names no valid host", shown(text)),
                     .hint = "write `https://host` or `https://host:port`; an IPv6 address in brackets"};
  }
  if (port_given && parse_number(authority.substr(colon + 1), 65535).value_or(0) == 0) {
    return Complaint{.cause = fmt::format("{} has no valid port", shown(text)),
                     .hint = "a port is a number from 1 to 65535"};
  }
  return std::nullopt;
}

}  // namespace mesh
