#include <fmt/format.h>

#include <array>
#include <string_view>

#include "providers/simulator/apiserver/discovery/discovery_parts.h"

namespace mesh::simulator {
namespace {

constexpr std::array<std::string_view, 4> checks = {"ping", "log", "etcd", "poststarthook/rbac/bootstrap-roles"};

Reply plain(std::string text) {
  Reply reply;
  reply.content_type = "text/plain; charset=utf-8";
  reply.headers = {{"X-Content-Type-Options", "nosniff"}};
  reply.body = std::move(text);
  return reply;
}

}  // namespace

std::optional<Reply> health_reply(const DiscoveryRequest& request) {
  for (const std::string_view name : {"healthz", "livez", "readyz"}) {
    const std::string path = fmt::format("/{}", name);
    if (request.path == path || request.path == path + "/") {
      if (!request.verbose) return plain("ok");
      std::string text;
      for (const std::string_view check : checks) text += fmt::format("[+]{} ok\n", check);
      return plain(fmt::format("{}{} check passed\n", text, name));
    }
    for (const std::string_view check : checks) {
      if (request.path == fmt::format("{}/{}", path, check)) return plain("ok");
    }
  }
  return std::nullopt;
}

}  // namespace mesh::simulator
