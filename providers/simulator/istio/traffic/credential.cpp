#include "providers/simulator/istio/traffic/credential.h"

#include <fmt/format.h>

#include "engine/base/digest.h"
#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

/// A field of a user entry and the option that allows it.
struct Guarded {
  const char* field;
  const char* option;
};
constexpr Guarded guarded[] = {{"exec", "exec"},
                               {"client-key", "clientKey"},
                               {"client-certificate", "clientCertificate"},
                               {"tokenFile", "tokenFile"}};

/// Why a user entry is not accepted; empty when it is.
std::string denied(const json& user, const std::set<std::string>& allowed) {
  for (const Guarded& one : guarded) {
    if (at(user, {one.field}) != nullptr && !allowed.contains(one.option)) {
      return fmt::format("`{}` is not allowed in its kubeconfig", one.field);
    }
  }
  const std::string provider = text(user, {"auth-provider", "name"});
  if (!provider.empty() && provider != "oidc" && !allowed.contains(provider)) {
    return fmt::format("the auth provider `{}` is not allowed in its kubeconfig", provider);
  }
  return {};
}

/// The entry of a named list; null when there is none.
const json* entry(const json& config, const char* list, const std::string& name) {
  for (const json& one : items(config, {list})) {
    if (text(one, {"name"}) == name) return &one;
  }
  return nullptr;
}

}  // namespace

std::variant<RemoteCredential, Refusal> read_kubeconfig(const std::string& kubeconfig,
                                                        const std::set<std::string>& allowed) {
  if (kubeconfig.empty()) return Refusal{"its kubeconfig is empty"};
  const auto config = parse_body(kubeconfig, true);
  if (!config || !config->is_object()) return Refusal{"its kubeconfig is malformed"};
  for (const json& one : items(*config, {"users"})) {
    const json* user = at(one, {"user"});
    if (user == nullptr) continue;
    if (std::string why = denied(*user, allowed); !why.empty()) return Refusal{std::move(why)};
  }
  const json* context = entry(*config, "contexts", text(*config, {"current-context"}));
  if (context == nullptr) return Refusal{"its kubeconfig has no current context"};
  const json* cluster = entry(*config, "clusters", text(*context, {"context", "cluster"}));
  if (cluster == nullptr || text(*cluster, {"cluster", "server"}).empty()) {
    return Refusal{"its kubeconfig names no server"};
  }
  RemoteCredential credential{.server = text(*cluster, {"cluster", "server"}),
                              .proxy = text(*cluster, {"cluster", "proxy-url"})};
  const json* insecure = at(*cluster, {"cluster", "insecure-skip-tls-verify"});
  credential.insecure = insecure != nullptr && insecure->is_boolean() && insecure->get<bool>();
  if (const std::string ca = text(*cluster, {"cluster", "certificate-authority-data"}); !ca.empty()) {
    const auto pem = base64_decode(ca);
    if (!pem) return Refusal{"the certificate authority in its kubeconfig is malformed"};
    credential.ca_pem = *pem;
  }
  if (const json* user = entry(*config, "users", text(*context, {"context", "user"}))) {
    credential.token = text(*user, {"user", "token"});
  }
  return credential;
}

}  // namespace mesh::simulator
