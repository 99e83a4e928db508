#pragma once

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "providers/simulator/apiserver/request/reply.h"
#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

/// Signs and checks the service-account tokens of one cluster (JWT, ES256) with a key of its own.
class TokenSigner {
 public:
  TokenSigner();
  ~TokenSigner();
  TokenSigner(TokenSigner&&) noexcept;
  TokenSigner& operator=(TokenSigner&&) noexcept;

  std::string sign(const nlohmann::json& claims) const;
  /// The claims when the signature is ours; times are not looked at.
  std::optional<nlohmann::json> verify(const std::string& token) const;
  /// As /openid/v1/jwks answers it.
  nlohmann::json key_set() const;

 private:
  struct Key;
  std::unique_ptr<Key> key_;
};

/// What an API server says of tokens that it issues.
inline constexpr const char* token_issuer = "https://kubernetes.default.svc.cluster.local";
/// The issuer inside tokens of Secrets.
inline constexpr const char* legacy_issuer = "kubernetes/serviceaccount";

/// The token of a Secret of type kubernetes.io/service-account-token: no expiry, good as long as the Secret holds it
/// and the account has the same uid.
std::string secret_token(const TokenSigner& signer, const nlohmann::json& account, const nlohmann::json& secret);

/// A Secret of that type as the controller fills it: data.token, data["ca.crt"], data.namespace and the annotation
/// kubernetes.io/service-account.uid.
nlohmann::json filled_token_secret(const TokenSigner& signer, const nlohmann::json& account, nlohmann::json secret,
                                   const std::string& ca_pem);

/// POST .../serviceaccounts/NAME/token: 201 with the TokenRequest and its status, or a Status. `account` may be null:
/// 404.
Reply token_request(const TokenSigner& signer, const Objects& objects, const std::string& ns,
                    const std::string& account, const nlohmann::json& body, std::chrono::system_clock::time_point now);

}  // namespace mesh::simulator
