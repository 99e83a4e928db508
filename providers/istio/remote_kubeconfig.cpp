#include "providers/istio/remote_kubeconfig.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string_view>

#include "engine/base/digest.h"

namespace mesh::istio {
namespace {

/// Words that YAML takes for something else than text.
constexpr std::array<std::string_view, 8> words = {"true", "false", "null", "yes", "no", "on", "off", "y"};

bool is_plain(const std::string& text) {
  if (text.empty() || std::isalpha(static_cast<unsigned char>(text.front())) == 0 || text.back() == ':') return false;
  if (text == "n" || std::find(words.begin(), words.end(), text) != words.end()) return false;
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string_view("-._/:+=[]").find(static_cast<char>(c)) != std::string_view::npos;
  });
}

/// As istioctl's encoder writes it: bare where YAML reads the same text back, else in double quotes.
std::string scalar(const std::string& text) { return is_plain(text) ? text : nlohmann::json(text).dump(); }

}  // namespace

std::string remote_kubeconfig(const RemoteAccess& access) {
  const std::string name = scalar(access.cluster_id);
  std::string authority;
  if (!access.ca_pem.empty()) {
    authority = fmt::format("    certificate-authority-data: {}\n", base64_encode(access.ca_pem));
  }
  return fmt::format(
      "apiVersion: v1\n"
      "clusters:\n"
      "- cluster:\n"
      "{authority}"
      "    server: {server}\n"
      "  name: {name}\n"
      "contexts:\n"
      "- context:\n"
      "    cluster: {name}\n"
      "    user: {name}\n"
      "  name: {name}\n"
      "current-context: {name}\n"
      "kind: Config\n"
      "preferences: {{}}\n"
      "users:\n"
      "- name: {name}\n"
      "  user:\n"
      "    token: {token}\n",
      fmt::arg("authority", authority), fmt::arg("server", scalar(access.server)), fmt::arg("name", name),
      fmt::arg("token", scalar(access.token)));
}

void wipe(std::string& secret) {
  // Volatile, or the compiler drops writes to memory that nobody reads again.
  volatile char* at = secret.data();
  for (std::size_t i = 0; i < secret.size(); ++i) at[i] = '\0';
  secret.clear();
}

}  // namespace mesh::istio
