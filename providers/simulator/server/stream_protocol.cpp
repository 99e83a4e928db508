#include "providers/simulator/server/stream_protocol.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

namespace mesh::simulator {
namespace {

std::string lower(std::string_view text) {
  std::string made(text);
  std::transform(made.begin(), made.end(), made.begin(), [](unsigned char c) { return std::tolower(c); });
  return made;
}

}  // namespace

std::vector<std::string> listed(std::string_view header) {
  std::vector<std::string> found;
  while (!header.empty()) {
    const std::size_t comma = std::min(header.find(','), header.size());
    std::string_view one = header.substr(0, comma);
    header.remove_prefix(std::min(comma + 1, header.size()));
    while (one.starts_with(' ')) one.remove_prefix(1);
    while (one.ends_with(' ')) one.remove_suffix(1);
    if (!one.empty()) found.emplace_back(one);
  }
  return found;
}

std::string agreed(const std::vector<std::string>& offered, const std::vector<std::string>& spoken) {
  const auto found = std::find_first_of(offered.begin(), offered.end(), spoken.begin(), spoken.end());
  return found == offered.end() ? std::string() : *found;
}

std::vector<std::string> spdy_protocols(Upgrade::Kind kind) {
  if (kind == Upgrade::Kind::port_forward) return {std::string(protocol::port_forward)};
  return {"v4.channel.k8s.io", "v3.channel.k8s.io", "v2.channel.k8s.io", "channel.k8s.io"};
}

bool wants_spdy(std::string_view connection, std::string_view upgrade) {
  return lower(connection).find("upgrade") != std::string::npos && lower(upgrade).find("spdy/3.1") != std::string::npos;
}

ApiResponse no_common_protocol(const std::optional<std::string>& offered, const std::vector<std::string>& spoken) {
  ApiResponse response{.status = 400, .content_type = "text/plain; charset=utf-8"};
  if (!offered) {
    response.body = "unable to upgrade: header X-Stream-Protocol-Version does not exist in request\n";
    return response;
  }
  response.status = 403;
  for (const std::string& one : spoken) response.headers.emplace("X-Accepted-Stream-Protocol-Versions", one);
  response.body =
      fmt::format("unable to upgrade: unable to negotiate protocol: client supports [{}], server accepts [{}]\n",
                  fmt::join(listed(*offered), " "), fmt::join(spoken, " "));
  return response;
}

std::string switching_to_spdy(std::string_view protocol) {
  return fmt::format(
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\n"
      "X-Stream-Protocol-Version: {}\r\n\r\n",
      protocol);
}

}  // namespace mesh::simulator
