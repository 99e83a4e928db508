#include <fmt/format.h>

#include "providers/simulator/apiserver/discovery/discovery_parts.h"
#include "providers/simulator/apiserver/discovery/openapi_parts.h"
#include "providers/simulator/apiserver/request/accept.h"

namespace mesh::simulator {
namespace {

using nlohmann::json;

const std::string v3_prefix = "/openapi/v3/";

std::string path_of(const std::string& group, const std::string& version) {
  return group.empty() ? "api/" + version : fmt::format("apis/{}/{}", group, version);
}

/// Of what a document is made from, which is less work than the document itself.
std::string document_hash(const Registry& registry, const std::string& group, const std::string& version,
                          const ServerFacts& facts) {
  std::string source = facts.git_version + path_of(group, version);
  for (const ResourceInfo* one : registry.resources(group, version)) {
    source += "\n" + one->plural + " " + one->kind + one->version(version)->schema.dump();
  }
  return content_hash(source);
}

json index_of(const Registry& registry, const ServerFacts& facts) {
  json paths = json::object();
  for (const GroupInfo& group : registry.groups()) {
    for (const std::string& version : group.versions) {
      const std::string path = path_of(group.name, version);
      const std::string hash = document_hash(registry, group.name, version, facts);
      paths[path] = {{"serverRelativeURL", fmt::format("{}{}?hash={}", v3_prefix, path, hash)}};
    }
  }
  return {{"paths", paths}};
}

json document_v3(const Registry& registry, const std::string& group, const std::string& version,
                 const ServerFacts& facts) {
  SchemaWriter writer(OpenApi::v3);
  json paths = json::object();
  for (const ResourceInfo* one : registry.resources(group, version)) {
    writer.add_kind(*one, *one->version(version));
    paths.update(openapi_paths(*one, version, OpenApi::v3));
  }
  return {{"openapi", "3.0.0"},
          {"info", {{"title", "Kubernetes"}, {"version", facts.git_version}}},
          {"paths", paths},
          {"components", {{"schemas", writer.take()}}}};
}

json document_v2(const Registry& registry, const ServerFacts& facts) {
  SchemaWriter writer(OpenApi::v2);
  json paths = json::object();
  for (const ResourceInfo& one : registry.all()) {
    for (const VersionInfo& version : one.versions) {
      writer.add_kind(one, version);
      paths.update(openapi_paths(one, version.name, OpenApi::v2));
    }
  }
  return {{"swagger", "2.0"},
          {"info", {{"title", "Kubernetes"}, {"version", facts.git_version}}},
          {"paths", paths},
          {"definitions", writer.take()}};
}

Reply unchanged(const std::string& tag) {
  Reply reply;
  reply.status = 304;
  reply.headers = {{"ETag", tag}};
  return reply;
}

Reply tagged(Reply reply, const std::string& tag) {
  reply.headers["ETag"] = tag;
  reply.headers["Vary"] = "Accept";
  return reply;
}

std::optional<Reply> reply_v3(const DiscoveryRequest& request, const Registry& registry, const ServerFacts& facts) {
  for (const GroupInfo& group : registry.groups()) {
    for (const std::string& version : group.versions) {
      if (request.path != v3_prefix + path_of(group.name, version)) continue;
      const std::string tag = "\"" + document_hash(registry, group.name, version, facts) + "\"";
      if (request.if_none_match == tag) return unchanged(tag);
      return tagged(json_reply(document_v3(registry, group.name, version, facts)), tag);
    }
  }
  return std::nullopt;
}

Reply reply_v2(const DiscoveryRequest& request, const Registry& registry, const ServerFacts& facts) {
  const bool protobuf = request.accept.find("proto-openapi.spec.v2") != std::string::npos;
  const std::string tag =
      "\"" + content_hash(index_of(registry, facts).dump() + (protobuf ? "protobuf" : "json")) + "\"";
  if (request.if_none_match == tag) return unchanged(tag);
  const json document = document_v2(registry, facts);
  if (!protobuf) return tagged(json_reply(document), tag);
  Reply reply;
  reply.content_type = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";
  reply.body = gnostic_document(document);
  return tagged(std::move(reply), tag);
}

}  // namespace

std::optional<Reply> openapi_reply(const DiscoveryRequest& request, const Registry& registry,
                                   const ServerFacts& facts) {
  if (request.path == "/openapi/v2") return reply_v2(request, registry, facts);
  if (request.path == "/openapi/v3" || request.path == v3_prefix) return json_reply(index_of(registry, facts));
  return reply_v3(request, registry, facts);
}

}  // namespace mesh::simulator
