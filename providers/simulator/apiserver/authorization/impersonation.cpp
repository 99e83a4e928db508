#include "providers/simulator/apiserver/authorization/impersonation.h"

#include <algorithm>
#include <string_view>

#include "providers/simulator/apiserver/authorization/rbac.h"

namespace mesh::simulator {
namespace {

constexpr std::string_view account_prefix = "system:serviceaccount:";

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at <= text.size()) {
    const std::size_t end = std::min(text.find(',', at), text.size());
    const auto begin = text.find_first_not_of(' ', at);
    if (begin < end) parts.push_back(text.substr(begin, end - begin));
    at = end + 1;
  }
  return parts;
}

User desired_of(const std::map<std::string, std::string>& headers) {
  constexpr std::string_view prefix = "impersonate-";
  constexpr std::string_view extra = "extra-";
  User desired;
  for (const auto& [name, value] : headers) {
    if (!name.starts_with(prefix)) continue;
    const std::string what = name.substr(prefix.size());
    if (what == "user") desired.name = value;
    if (what == "uid") desired.uid = value;
    if (what == "group") desired.groups = split(value);
    if (what.starts_with(extra)) desired.extra[what.substr(extra.size())] = split(value);
  }
  return desired;
}

/// "NAMESPACE" of system:serviceaccount:NAMESPACE:NAME; empty: another sort of user.
std::string account_space(const std::string& name) {
  const auto colon = name.find(':', account_prefix.size());
  if (!name.starts_with(account_prefix) || colon == std::string::npos) return "";
  return name.substr(account_prefix.size(), colon - account_prefix.size());
}

/// Everything that must be allowed.
std::vector<RequestInfo> questions_of(const User& desired) {
  std::vector<RequestInfo> questions;
  const auto ask = [&](const char* group, const char* resource, const std::string& name) -> RequestInfo& {
    return questions.emplace_back(RequestInfo{
        .resource_request = true, .verb = "impersonate", .group = group, .resource = resource, .name = name});
  };
  if (const std::string ns = account_space(desired.name); !ns.empty()) {
    ask("", "serviceaccounts", desired.name.substr(desired.name.rfind(':') + 1)).ns = ns;
  } else {
    ask("", "users", desired.name);
  }
  for (const std::string& group : desired.groups) ask("", "groups", group);
  if (!desired.uid.empty()) ask("authentication.k8s.io", "uids", desired.uid);
  for (const auto& [key, values] : desired.extra) {
    for (const std::string& value : values) ask("authentication.k8s.io", "userextras", value).subresource = key;
  }
  return questions;
}

}  // namespace

ApiResult<User> impersonate(const User& user, const RequestInfo& request,
                            const std::map<std::string, std::string>& headers, const Objects& objects) {
  User desired = desired_of(headers);
  if (desired == User{}) return user;
  if (desired.name.empty()) return tl::unexpected(bad_request("requested impersonation without a user name"));
  const std::string ns = account_space(desired.name);
  for (const RequestInfo& question : questions_of(desired)) {
    if (authorize(user, question, objects).allowed) continue;
    // Since 1.36 the refusal names the verb of constrained impersonation on what was asked for.
    RequestInfo refused = request;
    refused.verb = (ns.empty() ? "impersonate-on:user-info:" : "impersonate-on:serviceaccount:") + request.verb;
    return tl::unexpected(forbidden(user, refused));
  }
  if (!ns.empty() && desired.groups.empty()) {
    desired.groups = {"system:serviceaccounts", "system:serviceaccounts:" + ns};
  }
  const char* common = desired.name == "system:anonymous" ? "system:unauthenticated" : "system:authenticated";
  if (!desired.in_group(common)) desired.groups.emplace_back(common);
  return desired;
}

}  // namespace mesh::simulator
