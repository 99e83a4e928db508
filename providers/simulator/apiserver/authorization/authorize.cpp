#include "providers/simulator/apiserver/authorization/authorize.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "providers/simulator/apiserver/registry/names.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

const std::string header_prefix = "impersonate-";

struct DesiredState {
  std::string name, uid;
  std::vector<std::string> groups;
  std::map<std::string, std::vector<std::string>> extra;
  bool empty() const { return name.empty() && uid.empty() && groups.empty() && extra.empty(); }
};

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

DesiredState desired_of(const std::map<std::string, std::string>& headers) {
  DesiredState desired;
  for (const auto& [name, value] : headers) {
    if (!name.starts_with(header_prefix)) continue;
    const std::string what = name.substr(header_prefix.size());
    if (what == "user") desired.name = value;
    if (what == "uid") desired.uid = value;
    if (what == "group") desired.groups = split(value);
    if (what.starts_with("extra-")) desired.extra[what.substr(6)] = split(value);
  }
  return desired;
}

RequestInfo impersonation(const std::string& group, const std::string& resource, const std::string& name) {
  RequestInfo info;
  info.resource_request = true;
  info.verb = "impersonate";
  info.group = group;
  info.version = "v1";
  info.resource = resource;
  info.name = name;
  return info;
}

/// {namespace, name} of system:serviceaccount:NAMESPACE:NAME.
std::optional<std::pair<std::string, std::string>> account_of(const std::string& name) {
  const std::string prefix = "system:serviceaccount:";
  if (!name.starts_with(prefix)) return std::nullopt;
  const auto colon = name.find(':', prefix.size());
  if (colon == std::string::npos) return std::nullopt;
  return std::pair(name.substr(prefix.size(), colon - prefix.size()), name.substr(colon + 1));
}

/// Everything that must be allowed.
std::vector<RequestInfo> questions_of(const DesiredState& desired) {
  std::vector<RequestInfo> questions;
  if (const auto account = account_of(desired.name)) {
    RequestInfo info = impersonation("", "serviceaccounts", account->second);
    info.ns = account->first;
    questions.push_back(info);
  } else {
    questions.push_back(impersonation("", "users", desired.name));
  }
  for (const std::string& group : desired.groups) questions.push_back(impersonation("", "groups", group));
  if (!desired.uid.empty()) questions.push_back(impersonation("authentication.k8s.io", "uids", desired.uid));
  for (const auto& [key, values] : desired.extra) {
    for (const std::string& value : values) {
      RequestInfo info = impersonation("authentication.k8s.io", "userextras", value);
      info.subresource = key;
      questions.push_back(info);
    }
  }
  return questions;
}

User user_of(const DesiredState& desired) {
  User user{desired.name, desired.uid, desired.groups, desired.extra};
  const auto account = account_of(desired.name);
  if (account && user.groups.empty()) {
    user.groups = {"system:serviceaccounts", "system:serviceaccounts:" + account->first};
  }
  const std::string common = user.name == "system:anonymous" ? "system:unauthenticated" : "system:authenticated";
  if (!user.in_group(common)) user.groups.push_back(common);
  return user;
}

Reply nobody_named(const DesiredState& desired) {
  std::vector<std::string> groups;
  for (const std::string& group : desired.groups) groups.push_back(fmt::format("\"{}\"", group));
  return failure_reply(400, "BadRequest",
                       fmt::format("requested &user.DefaultInfo{{Name:\"\", UID:\"{}\", Groups:[]string{{{}}}, "
                                   "Extra:map[string][]string(nil)}} without impersonating a user name",
                                   desired.uid, fmt::join(groups, ", ")));
}

std::string where(const RequestInfo& request) {
  if (request.ns.empty()) return "at the cluster scope";
  return fmt::format("in the namespace \"{}\"", request.ns);
}

json forbidden_details(const RequestInfo& request) {
  json details = json::object();
  if (!request.resource_request) return details;
  details["kind"] = request.resource;
  if (!request.group.empty()) details["group"] = request.group;
  if (!request.name.empty()) details["name"] = request.name;
  return details;
}

}  // namespace

Reply forbidden(const User& user, const RequestInfo& request, const std::string& reason) {
  std::string what;
  if (!request.resource_request) {
    what = fmt::format("forbidden: User \"{}\" cannot {} path \"{}\"", user.name, request.verb, request.path);
  } else {
    const std::string name = request.name.empty() ? "" : fmt::format(" \"{}\"", request.name);
    const std::string resource =
        request.subresource.empty() ? request.resource : request.resource + "/" + request.subresource;
    what = fmt::format("{}{} is forbidden: User \"{}\" cannot {} resource \"{}\" in API group \"{}\" {}",
                       qualified(request.resource, request.group), name, user.name, request.verb, resource,
                       request.group, where(request));
  }
  if (!reason.empty()) what += ": " + reason;
  Reply reply = failure_reply(403, "Forbidden", what, forbidden_details(request));
  reply.headers = {{"X-Content-Type-Options", "nosniff"}};
  return reply;
}

tl::expected<User, Reply> impersonate(const User& user, const RequestInfo& request,
                                      const std::map<std::string, std::string>& headers, const Objects& objects) {
  const DesiredState desired = desired_of(headers);
  if (desired.empty()) return user;
  if (desired.name.empty()) return tl::unexpected(nobody_named(desired));
  for (const RequestInfo& question : questions_of(desired)) {
    if (authorize(user, question, objects).allowed) continue;
    // Since 1.36 the refusal names the verb of constrained impersonation on what was asked for.
    RequestInfo refused = request;
    refused.verb =
        fmt::format("impersonate-on:{}:{}", account_of(desired.name) ? "serviceaccount" : "user-info", request.verb);
    return tl::unexpected(forbidden(user, refused));
  }
  return user_of(desired);
}

}  // namespace mesh::simulator
