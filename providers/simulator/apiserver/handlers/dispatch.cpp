#include "providers/simulator/apiserver/handlers/dispatch.h"

#include <fmt/format.h>

#include <algorithm>

#include "providers/simulator/apiserver/authentication/legacy_token.h"
#include "providers/simulator/apiserver/authorization/impersonation.h"
#include "providers/simulator/apiserver/authorization/rbac.h"
#include "providers/simulator/apiserver/discovery/discovery.h"
#include "providers/simulator/apiserver/handlers/create_handler.h"
#include "providers/simulator/apiserver/handlers/delete_handler.h"
#include "providers/simulator/apiserver/handlers/get_handler.h"
#include "providers/simulator/apiserver/handlers/patch_handler.h"
#include "providers/simulator/apiserver/handlers/pod_handler.h"
#include "providers/simulator/apiserver/handlers/review_handler.h"
#include "providers/simulator/apiserver/handlers/scale_handler.h"
#include "providers/simulator/apiserver/handlers/update_handler.h"
#include "providers/simulator/apiserver/handlers/watch_handler.h"
#include "providers/simulator/apiserver/request/protobuf.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

/// What kubectl creates comes in protobuf; all that follows reads JSON.
std::optional<ApiRequest> in_json(const ApiRequest& request) {
  const auto type = request.headers.find("content-type");
  if (type == request.headers.end() || !type->second.starts_with(protobuf_type)) return std::nullopt;
  const auto object = json_of_protobuf(request.body);
  if (!object) return std::nullopt;
  ApiRequest readable = request;
  readable.body = object->dump();
  readable.headers["content-type"] = "application/json";
  return readable;
}

/// 415: a body of a type that is not read. Patches have types of their own.
std::optional<ApiError> check_media_type(const Exchange& exchange) {
  if (exchange.request.method != "POST" && exchange.request.method != "PUT") return std::nullopt;
  const std::string header = exchange.header("content-type");
  const std::string type = header.substr(0, header.find(';'));
  if (type.empty() || type == "application/json" || type == "application/yaml") return std::nullopt;
  return ApiError{.code = 415,
                  .reason = "UnsupportedMediaType",
                  .message =
                      "the body of the request was in an unknown format - accepted media types include: "
                      "application/json, application/yaml, application/vnd.kubernetes.protobuf"};
}

Answer main_verb(Cluster& cluster, Exchange& exchange) {
  const std::string& verb = exchange.info.verb;
  const bool misses_namespace = exchange.resource->namespaced && exchange.info.ns.empty();
  const bool named = !exchange.info.name.empty();
  if (exchange.request.method == "HEAD" || !exchange.resource->has_verb(verb)) {
    return tl::unexpected(method_not_allowed());
  }
  if (verb == "list") return list_objects(cluster, exchange);
  if (verb == "watch") return watch_objects(cluster, exchange);
  if (misses_namespace) return tl::unexpected(method_not_allowed());
  if (verb == "deletecollection") return delete_collection(cluster, exchange);
  if (verb == "create" && !named) return create_object(cluster, exchange);
  if (!named || verb == "create") return tl::unexpected(method_not_allowed());
  if (verb == "get") return get_object(cluster, exchange);
  if (verb == "update") return update_object(cluster, exchange);
  return verb == "patch" ? patch_object(cluster, exchange) : delete_object(cluster, exchange);
}

Answer subresource_verb(Cluster& cluster, Exchange& exchange, const Subresource& part) {
  const std::string& verb = exchange.info.verb;
  if (exchange.request.method == "HEAD" || std::ranges::find(part.verbs, verb) == part.verbs.end()) {
    return tl::unexpected(method_not_allowed());
  }
  if (part.name == "status") {
    if (verb == "get") return get_object(cluster, exchange);
    return verb == "update" ? update_object(cluster, exchange) : patch_object(cluster, exchange);
  }
  if (part.name == "scale") return handle_scale(cluster, exchange);
  if (part.name == "token") return create_token(cluster, exchange);
  return handle_pod(cluster, exchange);
}

Answer resource_answer(Cluster& cluster, Exchange& exchange) {
  RequestInfo& info = exchange.info;
  const auto not_served = [&] { return not_served_response(exchange.request.path, *exchange.registry); };
  exchange.resource = exchange.registry->find(info.group, info.version, info.resource);
  if (exchange.resource == nullptr) return not_served();
  const bool many = info.verb == "list" || info.verb == "watch";
  const bool of_namespaces = info.resource == "namespaces" && info.group.empty();
  const bool misplaced = exchange.resource->namespaced ? info.ns.empty() && !many && !info.name.empty()
                                                       : !info.ns.empty() && !of_namespaces;
  if (exchange.resource->stored() && misplaced) return not_served();
  if (info.resource == "endpoints" && info.group.empty()) {
    exchange.warnings.emplace_back("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
  }
  // A path of a Namespace names it twice.
  if (of_namespaces) info.ns.clear();
  const Subresource* part = info.subresource.empty() ? nullptr : exchange.resource->subresource(info.subresource);
  if (!info.subresource.empty() && part == nullptr) {
    // Custom resources are routed by name: a part that they do not have is missing, not unknown.
    if (exchange.resource->custom) return tl::unexpected(not_found(*exchange.resource, info.name));
    return not_served();
  }
  // What a pod answers through the API server, and in which form, is for the pod to say.
  if (info.subresource != "proxy" && info.subresource != "exec") {
    const auto form = negotiate(exchange.header("accept"));
    if (!form) return tl::unexpected(not_acceptable());
    exchange.form = *form;
    if (auto error = check_media_type(exchange)) return tl::unexpected(std::move(*error));
  }
  if (!exchange.resource->stored()) return create_review(cluster, exchange);
  return part == nullptr ? main_verb(cluster, exchange) : subresource_verb(cluster, exchange, *part);
}

ApiResponse discovery(const Cluster& cluster, const Exchange& exchange) {
  DiscoveryRequest asked{.path = exchange.request.path,
                         .accept = exchange.header("accept"),
                         .method = exchange.request.method,
                         .git_version = cluster.settings.git_version};
  if (const std::string host = exchange.header("host"); !host.empty()) asked.address = host;
  return discovery_response(asked, *exchange.registry);
}

AuditEntry audit_of(const Exchange& exchange, int status) {
  const RequestInfo& info = exchange.info;
  AuditEntry audit;
  audit.verb = info.verb;
  audit.request_uri = exchange.request.path;
  for (const auto& [key, value] : exchange.request.query) {
    const bool first = audit.request_uri.size() == exchange.request.path.size();
    audit.request_uri += fmt::format("{}{}={}", first ? "?" : "&", key, value);
  }
  audit.user_agent = exchange.header("user-agent");
  audit.user = exchange.user.name;
  if (info.resource_request) {
    audit.resource = resource_text({info.group, info.resource});
    if (!info.subresource.empty()) audit.resource += "/" + info.subresource;
  }
  audit.ns = info.ns;
  audit.name = info.name;
  audit.code = status;
  return audit;
}

/// Finds out who asks, and whether he may. Errors: 401, 403.
std::optional<ApiError> admit(Cluster& cluster, Exchange& exchange) {
  auto user = authenticate(exchange.request, cluster.authentication());
  if (!user) return user.error();
  note_token_use(cluster, exchange.request);
  exchange.user = std::move(*user);
  user = impersonate(exchange.user, exchange.info, exchange.request.headers, cluster.store);
  if (!user) return user.error();
  exchange.user = std::move(*user);
  const Decision decision = authorize(exchange.user, exchange.info, cluster.store);
  if (decision.allowed) return std::nullopt;
  return forbidden(exchange.user, exchange.info, decision.reason);
}

Answer answer(Cluster& cluster, Exchange& exchange, const User* as) {
  if (as != nullptr) {
    exchange.user = *as;
  } else if (auto error = admit(cluster, exchange)) {
    return tl::unexpected(std::move(*error));
  }
  if (!exchange.info.resource_request) return discovery(cluster, exchange);
  try {
    return resource_answer(cluster, exchange);
  } catch (const std::exception& error) {
    return tl::unexpected(internal_error(fmt::format("Internal error occurred: {}", error.what())));
  }
}

}  // namespace

ApiResponse answer_request(Cluster& cluster, const ApiRequest& given, const User* as, AuditEntry& audit) {
  const std::optional<ApiRequest> readable = in_json(given);
  const ApiRequest& request = readable ? *readable : given;
  Exchange exchange{.request = request};
  exchange.info = request_info(request.method, request.path, request.query);
  exchange.registry = cluster.registry();
  const Answer found = answer(cluster, exchange, as);
  ApiResponse response = found ? *found : error_response(found.error());
  response.headers.emplace("Audit-Id", cluster.new_uid());
  if (!response.headers.contains("Cache-Control")) response.headers.emplace("Cache-Control", "no-cache, private");
  for (const std::string& warning : exchange.warnings) {
    response.headers.emplace("Warning", fmt::format("299 - {}", json(warning).dump()));
  }
  audit = audit_of(exchange, response.status);
  return response;
}

}  // namespace mesh::simulator
