#include "providers/simulator/apiserver/authentication/authenticate.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>

#include "engine/base/digest.h"
#include "providers/simulator/apiserver/printers/time_text.h"
#include "providers/simulator/apiserver/registry/names.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

TokenFinding bad(const std::string& why = "invalid bearer token") { return {{}, {}, why}; }

bool alive(const ObjectPtr& object) { return object && !object->at("metadata").contains("deletionTimestamp"); }

std::string uid_of(const ObjectPtr& object) { return text_at(object->at("metadata"), "uid"); }

User account_user(const std::string& ns, const std::string& name, const std::string& uid) {
  return {fmt::format("system:serviceaccount:{}:{}", ns, name),
          uid,
          {"system:serviceaccounts", "system:serviceaccounts:" + ns, "system:authenticated"},
          {}};
}

/// A token of a Secret: good while the Secret holds it and the account is the same one.
TokenFinding judge_legacy(const std::string& token, const json& claims, const Objects& objects) {
  const std::string ns = text_at(claims, "kubernetes.io/serviceaccount/namespace");
  const std::string name = text_at(claims, "kubernetes.io/serviceaccount/service-account.name");
  const std::string uid = text_at(claims, "kubernetes.io/serviceaccount/service-account.uid");
  const ObjectPtr secret =
      objects.get({"", "secrets"}, ns, text_at(claims, "kubernetes.io/serviceaccount/secret.name"));
  if (!alive(secret)) return bad();
  const auto held = base64_decode(text_at(secret->value("data", json::object()), "token"));
  if (!held || *held != token) return bad();
  const ObjectPtr account = objects.get({"", "serviceaccounts"}, ns, name);
  if (!alive(account) || uid_of(account) != uid) return bad();
  return {account_user(ns, name, uid), {token_issuer}, ""};
}

/// Whether what a claim names is there with the same uid.
bool holds(const Objects& objects, const ResourceName& resource, const std::string& ns, const json& claim) {
  const ObjectPtr object = objects.get(resource, ns, text_at(claim, "name"));
  return alive(object) && uid_of(object) == text_at(claim, "uid");
}

/// What the token is bound to, as user extras; nothing when that is gone.
std::optional<std::map<std::string, std::vector<std::string>>> bound_extra(const Objects& objects, const json& own,
                                                                           const std::string& ns) {
  std::map<std::string, std::vector<std::string>> extra;
  if (own.contains("secret") && !holds(objects, {"", "secrets"}, ns, own["secret"])) return std::nullopt;
  if (own.contains("pod")) {
    if (!holds(objects, {"", "pods"}, ns, own["pod"])) return std::nullopt;
    extra["authentication.kubernetes.io/pod-name"] = {text_at(own["pod"], "name")};
    extra["authentication.kubernetes.io/pod-uid"] = {text_at(own["pod"], "uid")};
  }
  if (own.contains("node")) {
    if (!holds(objects, {"", "nodes"}, "", own["node"])) return std::nullopt;
    extra["authentication.kubernetes.io/node-name"] = {text_at(own["node"], "name")};
    extra["authentication.kubernetes.io/node-uid"] = {text_at(own["node"], "uid")};
  }
  return extra;
}

TokenFinding judge_bound(const json& claims, const Authentication& by) {
  const std::int64_t now = unix_seconds(by.now);
  if (claims.value("exp", std::int64_t{0}) <= now)
    return bad("[invalid bearer token, service account token has expired]");
  constexpr std::int64_t leeway = 60;
  if (claims.value("nbf", std::int64_t{0}) > now + leeway) {
    return bad("[invalid bearer token, service account token is not valid yet]");
  }
  const json own = claims.value("kubernetes.io", json::object());
  const std::string ns = text_at(own, "namespace");
  const json account = own.value("serviceaccount", json::object());
  if (!holds(by.objects, {"", "serviceaccounts"}, ns, account)) {
    return bad("[invalid bearer token, service account token has been invalidated]");
  }
  auto extra = bound_extra(by.objects, own, ns);
  if (!extra) return bad("[invalid bearer token, service account token has been invalidated]");
  User user = account_user(ns, text_at(account, "name"), text_at(account, "uid"));
  user.extra = std::move(*extra);
  user.extra["authentication.kubernetes.io/credential-id"] = {"JTI=" + text_at(claims, "jti")};
  return {std::move(user), texts_at(claims, "aud"), ""};
}

std::string quoted(const std::vector<std::string>& texts) {
  std::vector<std::string> marked;
  for (const std::string& text : texts) marked.push_back(fmt::format("\"{}\"", text));
  return fmt::format("[{}]", fmt::join(marked, " "));
}

/// Keeps the audiences that are desired; none of them: not good.
TokenFinding for_audiences(TokenFinding found, std::vector<std::string> desired) {
  if (desired.empty()) desired = {token_issuer};
  std::vector<std::string> common;
  for (const std::string& one : found.audiences) {
    if (std::ranges::find(desired, one) != desired.end()) common.push_back(one);
  }
  if (common.empty()) {
    return bad(fmt::format("[invalid bearer token, token audiences {} is invalid for the target audiences {}]",
                           quoted(found.audiences), quoted(desired)));
  }
  found.audiences = std::move(common);
  return found;
}

/// The token of "Bearer TOKEN"; nothing when the header holds something else.
std::optional<std::string> bearer(const std::map<std::string, std::string>& headers) {
  const auto header = headers.find("authorization");
  if (header == headers.end()) return std::nullopt;
  const std::string& text = header->second;
  const auto ns = text.find(' ');
  if (ns == std::string::npos) return std::nullopt;
  std::string scheme = text.substr(0, ns);
  std::ranges::transform(scheme, scheme.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  std::string token = text.substr(ns + 1);
  token = token.substr(0, token.find(' '));
  if (scheme != "bearer" || token.empty()) return std::nullopt;
  return token;
}

}  // namespace

bool User::in_group(const std::string& group) const { return std::ranges::find(groups, group) != groups.end(); }

TokenFinding review_token(const std::string& token, const std::vector<std::string>& audiences,
                          const Authentication& by) {
  if (const auto known = by.static_tokens.find(token); known != by.static_tokens.end()) {
    return for_audiences({known->second, {token_issuer}, ""}, audiences);
  }
  const auto claims = by.signer.verify(token);
  if (!claims) return bad();
  const bool legacy = text_at(*claims, "iss") == legacy_issuer;
  if (!legacy && text_at(*claims, "iss") != token_issuer) return bad();
  TokenFinding found = legacy ? judge_legacy(token, *claims, by.objects) : judge_bound(*claims, by);
  return found.error.empty() ? for_audiences(std::move(found), audiences) : found;
}

tl::expected<User, Reply> authenticate(const std::map<std::string, std::string>& headers, const Authentication& by) {
  const auto token = bearer(headers);
  if (!token) return anonymous_user();
  TokenFinding found = review_token(*token, {}, by);
  if (!found.error.empty()) return tl::unexpected(unauthorized());
  return std::move(found.user);
}

Reply unauthorized() { return failure_reply(401, "Unauthorized", "Unauthorized"); }

User anonymous_user() { return {"system:anonymous", "", {"system:unauthenticated"}, {}}; }

User admin_user() { return {"kubernetes-admin", "", {"system:masters", "system:authenticated"}, {}}; }

User certificate_user(const std::string& common_name, const std::vector<std::string>& organizations) {
  User user{common_name, "", organizations, {}};
  user.groups.emplace_back("system:authenticated");
  return user;
}

}  // namespace mesh::simulator
