#pragma once

#include <chrono>
#include <map>
#include <string>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apiserver/authentication/token_signer.h"
#include "providers/simulator/apiserver/authentication/user.h"
#include "providers/simulator/apiserver/request/message.h"
#include "providers/simulator/objects/objects.h"

namespace mesh::simulator {

/// A token that was given out beforehand, such as the administrator's: {"kubernetes-admin", groups: system:masters}.
using StaticTokens = std::map<std::string, User>;

/// Everything that a token is judged by.
struct Authentication {
  const Objects& objects;
  const TokenSigner& signer;
  const StaticTokens& static_tokens;
  std::chrono::system_clock::time_point now;
};

/// Who asks, by the client certificate or the `authorization` header. Neither: system:anonymous of
/// system:unauthenticated. A token that is not good: 401. Impersonation is not looked at: see impersonate.
ApiResult<User> authenticate(const ApiRequest& request, const Authentication& by);

/// The token of "Authorization: Bearer TOKEN"; empty when the header holds something else.
std::string bearer_token(const ApiRequest& request);

}  // namespace mesh::simulator
