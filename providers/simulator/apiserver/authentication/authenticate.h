#pragma once

#include <chrono>
#include <map>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "providers/simulator/apiserver/authentication/tokens.h"
#include "providers/simulator/apiserver/request/reply.h"

namespace mesh::simulator {

struct User {
  std::string name, uid;
  std::vector<std::string> groups;
  std::map<std::string, std::vector<std::string>> extra;
  bool in_group(const std::string& group) const;
  bool operator==(const User&) const = default;
};

/// A token that was given out beforehand, such as the administrator's: {"kubernetes-admin", groups: system:masters}.
using StaticTokens = std::map<std::string, User>;

/// Everything that a token is judged by.
struct Authentication {
  const Objects& objects;
  const TokenSigner& signer;
  const StaticTokens& static_tokens;
  std::chrono::system_clock::time_point now;
};

/// Who asks, by the `authorization` header (names are lower case). No header: system:anonymous of
/// system:unauthenticated. A token that is not good: 401. Impersonation is not looked at: see impersonate.
tl::expected<User, Reply> authenticate(const std::map<std::string, std::string>& headers, const Authentication& by);

/// Who a token stands for, and for which audiences; an empty name when it is not good. `audiences` empty: the server's
/// own.
struct TokenFinding {
  User user;
  std::vector<std::string> audiences;
  std::string error;
};
TokenFinding review_token(const std::string& token, const std::vector<std::string>& audiences,
                          const Authentication& by);

/// 401, as for a token that is not good.
Reply unauthorized();

/// The administrator: of system:masters.
User admin_user();
/// Who shows no credential.
User anonymous_user();
/// Who showed a client certificate of the cluster's authority.
User certificate_user(const std::string& common_name, const std::vector<std::string>& organizations);

}  // namespace mesh::simulator
