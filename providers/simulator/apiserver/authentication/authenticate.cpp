#include "providers/simulator/apiserver/authentication/authenticate.h"

#include <fmt/format.h>

#include <cctype>
#include <optional>

#include "engine/base/digest.h"
#include "engine/base/lower_case.h"
#include "engine/base/time.h"
#include "providers/simulator/apiserver/authentication/tokens.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

bool is_alive(const ObjectPtr& object) { return object && at(*object, {"metadata", "deletionTimestamp"}) == nullptr; }

bool is_same(const ObjectPtr& account, const std::string& uid) {
  return is_alive(account) && text(*account, {"metadata", "uid"}) == uid;
}

User account_user(const std::string& ns, const std::string& name, const std::string& uid) {
  return {fmt::format("system:serviceaccount:{}:{}", ns, name),
          uid,
          {"system:serviceaccounts", "system:serviceaccounts:" + ns, "system:authenticated"},
          {}};
}

/// A token of a Secret: good while the Secret holds it and the account is the same one.
std::optional<User> legacy_user(const std::string& token, const json& claims, const Objects& objects) {
  const std::string ns = text(claims, {"kubernetes.io/serviceaccount/namespace"});
  const std::string name = text(claims, {"kubernetes.io/serviceaccount/service-account.name"});
  const std::string uid = text(claims, {"kubernetes.io/serviceaccount/service-account.uid"});
  const ObjectPtr secret = objects.get({"", "secrets"}, ns, text(claims, {"kubernetes.io/serviceaccount/secret.name"}));
  if (!is_alive(secret)) return std::nullopt;
  if (base64_decode(text(*secret, {"data", "token"})) != token) return std::nullopt;
  if (!is_same(objects.get({"", "serviceaccounts"}, ns, name), uid)) return std::nullopt;
  return account_user(ns, name, uid);
}

/// A token of a TokenRequest: good until it expires, for this server, while the account is the same one.
std::optional<User> bound_user(const json& claims, const Authentication& by) {
  if (number(claims, {"exp"}) <= std::chrono::system_clock::to_time_t(by.now)) return std::nullopt;
  const json& audiences = items(claims, {"aud"});
  if (std::find(audiences.begin(), audiences.end(), token_issuer) == audiences.end()) return std::nullopt;
  const std::string ns = text(claims, {"kubernetes.io", "namespace"});
  const std::string name = text(claims, {"kubernetes.io", "serviceaccount", "name"});
  const std::string uid = text(claims, {"kubernetes.io", "serviceaccount", "uid"});
  if (!is_same(by.objects.get({"", "serviceaccounts"}, ns, name), uid)) return std::nullopt;
  User user = account_user(ns, name, uid);
  user.extra["authentication.kubernetes.io/credential-id"] = {"JTI=" + text(claims, {"jti"})};
  return user;
}

std::optional<User> token_user(const std::string& token, const Authentication& by) {
  if (const auto known = by.static_tokens.find(token); known != by.static_tokens.end()) return known->second;
  const auto claims = by.signer.verify(token);
  if (!claims) return std::nullopt;
  const std::string issuer = text(*claims, {"iss"});
  if (issuer == legacy_issuer) return legacy_user(token, *claims, by.objects);
  return issuer == token_issuer ? bound_user(*claims, by) : std::nullopt;
}

}  // namespace

std::string bearer_token(const ApiRequest& request) {
  const auto header = request.headers.find("authorization");
  if (header == request.headers.end()) return "";
  const std::string& value = header->second;
  const std::size_t space = value.find(' ');
  if (space == std::string::npos) return "";
  std::string scheme = lower_case(value.substr(0, space));
  if (scheme != "bearer") return "";
  const std::string token = value.substr(space + 1);
  return token.substr(0, token.find(' '));
}

ApiResult<User> authenticate(const ApiRequest& request, const Authentication& by) {
  if (request.certificate && !request.headers.contains("authorization")) {
    User user{request.certificate->common_name, "", request.certificate->organizations, {}};
    user.groups.emplace_back("system:authenticated");
    return user;
  }
  const std::string token = bearer_token(request);
  if (token.empty()) return anonymous_user();
  if (auto user = token_user(token, by)) return std::move(*user);
  return tl::unexpected(ApiError{.code = 401, .reason = "Unauthorized", .message = "Unauthorized"});
}

}  // namespace mesh::simulator
