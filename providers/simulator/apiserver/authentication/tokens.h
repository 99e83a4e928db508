#pragma once

#include <chrono>
#include <nlohmann/json.hpp>
#include <string>

#include "providers/simulator/apiserver/authentication/token_signer.h"
#include "providers/simulator/apiserver/request/json_response.h"
#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

/// What an API server names as issuer in tokens of TokenRequests.
inline constexpr const char* token_issuer = "https://kubernetes.default.svc.cluster.local";
/// The issuer inside tokens of Secrets.
inline constexpr const char* legacy_issuer = "kubernetes/serviceaccount";

/// 32 random bytes, for ids and tokens.
std::string random_hex();

/// The token of a Secret of type kubernetes.io/service-account-token: no expiry, good as long as the Secret holds it
/// and the account has the same uid.
std::string secret_token(const TokenSigner& signer, const nlohmann::json& account, const nlohmann::json& secret);

/// A Secret of that type as the controller fills it: data.token, data["ca.crt"], data.namespace and the annotation
/// kubernetes.io/service-account.uid.
nlohmann::json filled_token_secret(const TokenSigner& signer, const nlohmann::json& account, nlohmann::json secret,
                                   const std::string& ca_pem);

/// POST .../serviceaccounts/NAME/token: 201 with the TokenRequest and its status. `body` is a TokenRequest. Tokens
/// bound to other objects are not issued: boundObjectRef is left out. Errors: 404, 422.
Answer token_request(const TokenSigner& signer, const Objects& objects, const std::string& ns,
                     const std::string& account, const nlohmann::json& body, std::chrono::system_clock::time_point now);

}  // namespace mesh::simulator
