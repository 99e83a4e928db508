#include "providers/kubernetes/transport/remove_echo.h"

#include <string_view>

namespace mesh::kubernetes {
namespace {

void remove_all(std::string& text, std::string_view secret) {
  constexpr std::string_view hidden = "[hidden]";
  for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at + hidden.size())) {
    text.replace(at, secret.size(), hidden);
  }
}

}  // namespace

void remove_echo(HttpResponse& answer, const std::vector<std::string>& request_headers) {
  constexpr std::string_view name = "Authorization: ";
  // What is shorter occurs by chance, and is nothing that could be kept secret.
  constexpr std::size_t shortest = 8;
  for (const std::string& line : request_headers) {
    if (!line.starts_with(name)) continue;
    const std::string_view secret = std::string_view(line).substr(line.rfind(' ') + 1);
    if (secret.size() < shortest) continue;
    for (auto& [header, value] : answer.headers) remove_all(value, secret);
    if (answer.status >= 400) remove_all(answer.body, secret);
  }
}

}  // namespace mesh::kubernetes
