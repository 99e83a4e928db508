#include "providers/simulator/apiserver/discovery/discovery.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "engine/base/digest.h"
#include "providers/simulator/apiserver/authentication/tokens.h"
#include "providers/simulator/apiserver/discovery/discovery_parts.h"
#include "providers/simulator/apiserver/request/accept.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  std::size_t at = 0;
  while (at < path.size()) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    if (end > at) parts.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

/// An answer in JSON, or in YAML to who wants that alone: JSON is YAML.
Reply negotiated(const json& value, const std::string& accept) {
  const auto accepted = negotiate(accept, FormsAllowed::no);
  if (!accepted) return unacceptable_reply(accept);
  Reply reply = json_reply(value);
  reply.content_type = accepted->content_type;
  return reply;
}

json version_entry(const std::string& group, const std::string& version) {
  return {{"groupVersion", group + "/" + version}, {"version", version}};
}

json group_entry(const GroupInfo& group) {
  json versions = json::array();
  for (const std::string& version : group.versions) versions.push_back(version_entry(group.name, version));
  return {{"name", group.name}, {"preferredVersion", versions.front()}, {"versions", versions}};
}

Reply with_tag(Reply reply, const std::string& if_none_match) {
  const std::string tag = "\"" + content_hash(reply.body) + "\"";
  reply.headers = {{"Cache-Control", "public"}, {"ETag", tag}, {"Vary", "Accept"}};
  if (if_none_match == tag) {
    reply.status = 304;
    reply.body.clear();
  }
  return reply;
}

Reply aggregated_reply(const Registry& registry, const DiscoveryRequest& request, bool core, const std::string& form) {
  Reply reply = json_reply(aggregated_list(registry, core, form));
  reply.content_type = "application/json;g=apidiscovery.k8s.io;v=" + form + ";as=APIGroupDiscoveryList";
  return with_tag(std::move(reply), request.if_none_match);
}

Reply core_versions(const Registry& registry, const DiscoveryRequest& request, const ServerFacts& facts) {
  if (const auto form = aggregated_discovery(request.accept)) return aggregated_reply(registry, request, true, *form);
  return negotiated(
      {{"kind", "APIVersions"},
       {"versions", {"v1"}},
       {"serverAddressByClientCIDRs", json::array({{{"clientCIDR", "0.0.0.0/0"}, {"serverAddress", facts.address}}})}},
      request.accept);
}

Reply group_list(const Registry& registry, const DiscoveryRequest& request) {
  if (const auto form = aggregated_discovery(request.accept)) return aggregated_reply(registry, request, false, *form);
  json groups = json::array();
  for (const GroupInfo& group : registry.groups()) {
    if (!group.name.empty()) groups.push_back(group_entry(group));
  }
  return negotiated({{"kind", "APIGroupList"}, {"apiVersion", "v1"}, {"groups", groups}}, request.accept);
}

std::optional<Reply> api_reply(const std::vector<std::string>& parts, const DiscoveryRequest& request,
                               const Registry& registry, const ServerFacts& facts) {
  const bool core = parts[0] == "api";
  if (parts.size() == 1) return core ? core_versions(registry, request, facts) : group_list(registry, request);
  const std::string group = core ? "" : parts[1];
  const std::size_t depth = core ? 2 : 3;
  if (parts.size() > depth) return std::nullopt;
  if (parts.size() == depth) {
    if (!registry.serves(group, parts.back())) return not_served_reply(request.path, registry);
    return negotiated(resource_list(registry, group, parts.back()), request.accept);
  }
  const auto& groups = registry.groups();
  const auto found = std::ranges::find(groups, group, &GroupInfo::name);
  if (found == groups.end()) return page_not_found();
  json answer = group_entry(*found);
  answer["kind"] = "APIGroup";
  answer["apiVersion"] = "v1";
  return negotiated(answer, request.accept);
}

std::string digits(const std::string& text) {
  const auto end = std::ranges::find_if_not(text, [](unsigned char c) { return std::isdigit(c) != 0; });
  return {text.begin(), end};
}

/// The minor version before this one.
std::string before(const std::string& minor) {
  return minor.empty() || minor == "0" ? minor : std::to_string(std::stoi(minor) - 1);
}

Reply version_reply(const ServerFacts& facts) {
  const std::string& version = facts.git_version;
  const auto dot = version.find('.');
  const std::string minor = dot == std::string::npos ? "" : digits(version.substr(dot + 1));
  Reply reply;
  reply.body = nlohmann::ordered_json{{"major", version.empty() ? "" : digits(version.substr(1))},
                                      {"minor", minor},
                                      {"emulationMajor", "1"},
                                      {"emulationMinor", minor},
                                      {"minCompatibilityMajor", "1"},
                                      {"minCompatibilityMinor", before(minor)},
                                      {"gitVersion", version},
                                      {"gitCommit", "0000000000000000000000000000000000000000"},
                                      {"gitTreeState", "clean"},
                                      {"buildDate", "1970-01-01T00:00:00Z"},
                                      {"goVersion", "go1.23.8"},
                                      {"compiler", "gc"},
                                      {"platform", "linux/amd64"}}
                   .dump(2);
  return reply;
}

Reply root_reply(const Registry& registry) {
  std::set<std::string> paths = {"/.well-known/openid-configuration",
                                 "/api",
                                 "/apis",
                                 "/apis/",
                                 "/healthz",
                                 "/healthz/etcd",
                                 "/healthz/log",
                                 "/healthz/ping",
                                 "/livez",
                                 "/livez/etcd",
                                 "/livez/log",
                                 "/livez/ping",
                                 "/openapi/v2",
                                 "/openapi/v3",
                                 "/openapi/v3/",
                                 "/openid/v1/jwks",
                                 "/readyz",
                                 "/readyz/etcd",
                                 "/readyz/log",
                                 "/readyz/ping",
                                 "/version"};
  for (const GroupInfo& group : registry.groups()) {
    const std::string base = group.name.empty() ? "/api" : "/apis/" + group.name;
    paths.insert(base);
    for (const std::string& version : group.versions) paths.insert(base + "/" + version);
  }
  Reply reply;
  reply.body = json{{"paths", paths}}.dump(2);
  return reply;
}

Reply open_id_reply(const ServerFacts& facts, bool keys) {
  Reply reply;
  reply.content_type = keys ? "application/jwk-set+json" : "application/json";
  reply.headers = {{"Cache-Control", "public, max-age=3600"}};
  reply.body = keys ? facts.key_set.dump()
                    : json{{"issuer", token_issuer},
                           {"jwks_uri", "https://" + facts.address + "/openid/v1/jwks"},
                           {"response_types_supported", {"id_token"}},
                           {"subject_types_supported", {"public"}},
                           {"id_token_signing_alg_values_supported", {"ES256"}}}
                          .dump();
  return reply;
}

std::optional<Reply> routed(const std::vector<std::string>& parts, const DiscoveryRequest& request,
                            const Registry& registry, const ServerFacts& facts) {
  if (parts.empty()) return root_reply(registry);
  if (parts[0] == "api" || parts[0] == "apis") return api_reply(parts, request, registry, facts);
  if (parts[0] == "openapi") return openapi_reply(request, registry, facts);
  if (request.path == "/version" || request.path == "/version/") return version_reply(facts);
  if (request.path == "/.well-known/openid-configuration") return open_id_reply(facts, false);
  if (request.path == "/openid/v1/jwks" && !facts.key_set.is_null()) return open_id_reply(facts, true);
  return health_reply(request);
}

}  // namespace

std::string content_hash(const std::string& text) {
  std::string hash = sha256_hex(text);
  std::ranges::transform(hash, hash.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return hash;
}

std::optional<Reply> discovery_reply(const DiscoveryRequest& request, const Registry& registry,
                                     const ServerFacts& facts) {
  const auto parts = parts_of(request.path);
  auto reply = routed(parts, request, registry, facts);
  // The lists of groups alone answer any method.
  const bool any_method = parts.size() == 1 && (parts[0] == "api" || parts[0] == "apis");
  if (reply && reply->status == 200 && request.method != "GET" && request.method != "HEAD" && !any_method) {
    return method_not_allowed_reply();
  }
  return reply;
}

Reply method_not_allowed_reply() {
  return failure_reply(405, "MethodNotAllowed", "the server does not allow this method on the requested resource",
                       json::object());
}

Reply not_served_reply(const std::string& path, const Registry& registry) {
  const auto parts = parts_of(path);
  const bool core = !parts.empty() && parts[0] == "api" && parts.size() > 1;
  const bool grouped = parts.size() > 2 && parts[0] == "apis";
  const auto builtin = [&] {
    for (const ResourceInfo& one : registry.all()) {
      if (!one.custom && one.group == parts[1]) return true;
    }
    return false;
  };
  if (!core && !(grouped && builtin())) return page_not_found();
  return failure_reply(404, "NotFound", "the server could not find the requested resource", json::object());
}

}  // namespace mesh::simulator
