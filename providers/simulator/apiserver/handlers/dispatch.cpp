#include "providers/simulator/apiserver/handlers/dispatch.h"

#include <fmt/format.h>

#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/apiserver/authentication/legacy_token.h"
#include "providers/simulator/apiserver/authorization/authorize.h"
#include "providers/simulator/apiserver/authorization/reviews.h"
#include "providers/simulator/apiserver/discovery/discovery.h"
#include "providers/simulator/apiserver/handlers/maker.h"
#include "providers/simulator/apiserver/handlers/present.h"
#include "providers/simulator/apiserver/handlers/verbs.h"
#include "providers/simulator/apiserver/request/options.h"
#include "providers/simulator/apiserver/request/protobuf.h"
#include "providers/simulator/apiserver/request/refusals.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

tl::expected<User, Reply> who_asks(const Cluster& cluster, const ApiRequest& request, const RequestInfo& info) {
  tl::expected<User, Reply> user;
  if (request.certificate && !request.headers.contains("authorization")) {
    user = certificate_user(request.certificate->common_name, request.certificate->organizations);
  } else {
    user = authenticate(request.headers, cluster.authentication());
  }
  if (!user) return user;
  return impersonate(*user, info, request.headers, cluster.store);
}

// Clients written in Go send protobuf; what follows reads JSON alone.
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

Answer review(Cluster& cluster, Exchange& exchange) {
  if (exchange.request.method != "POST") return tl::unexpected(method_not_allowed());
  const auto body =
      parse_body(exchange.request.body, exchange.header("content-type").find("yaml") != std::string::npos);
  if (!body) return tl::unexpected(body.error());
  const auto options = write_options(exchange, WriteKind::create);
  if (!options) return tl::unexpected(options.error());
  // This one is answered with another object than the one that came.
  const bool other = exchange.resource->kind == "SelfSubjectRulesReview";
  const json asked = other ? *body : with_maker(write_of(exchange, *options, cluster.now_text()), *body);
  return from_reply(answer_review(*exchange.resource, exchange.info.version, exchange.info.ns, asked, exchange.user,
                                  cluster.authentication()));
}

Answer main_verb(Cluster& cluster, Exchange& exchange) {
  const std::string& verb = exchange.info.verb;
  const std::string& method = exchange.request.method;
  if (method == "HEAD") return tl::unexpected(method_not_allowed());
  if (verb == "get") return get_object(cluster, exchange);
  if (verb == "list") return list_objects(cluster, exchange);
  if (verb == "watch") return watch_objects(cluster, exchange);
  // Custom resources are created under any path below theirs.
  if (verb == "create" && (exchange.info.name.empty() || exchange.resource->custom)) {
    if (exchange.resource->namespaced && exchange.info.ns.empty()) return tl::unexpected(method_not_allowed());
    return create_object(cluster, exchange);
  }
  if (verb == "deletecollection") {
    if (exchange.resource->namespaced && exchange.info.ns.empty()) return tl::unexpected(method_not_allowed());
    return delete_collection(cluster, exchange);
  }
  if (exchange.info.name.empty() && exchange.resource->custom && (verb == "update" || verb == "patch")) {
    return tl::unexpected(bad_request("name must be provided"));
  }
  if (exchange.info.name.empty()) return tl::unexpected(method_not_allowed());
  if (verb == "update") return update_object(cluster, exchange);
  if (verb == "patch") return patch_object(cluster, exchange);
  if (verb == "delete") return delete_object(cluster, exchange);
  return tl::unexpected(method_not_allowed());
}

Answer status_verb(Cluster& cluster, Exchange& exchange) {
  const std::string& verb = exchange.info.verb;
  if (verb == "get") return get_object(cluster, exchange);
  if (verb == "update") return update_object(cluster, exchange);
  if (verb == "patch") return patch_object(cluster, exchange);
  if (exchange.resource->custom) {
    const std::string resource = exchange.stored_as();
    ApiError error = method_not_allowed();
    error.message = fmt::format("{} is not supported on resources of kind \"{}\"", verb, resource);
    error.details = {{"group", exchange.resource->group}, {"kind", exchange.resource->plural}};
    return tl::unexpected(std::move(error));
  }
  return tl::unexpected(method_not_allowed());
}

bool has(const std::vector<std::string>& verbs, const std::string& verb) {
  return std::find(verbs.begin(), verbs.end(), verb) != verbs.end();
}

// Connections to pods are made with any method.
bool is_door(const std::string& part) {
  return part == "proxy" || part == "exec" || part == "attach" || part == "portforward";
}

Answer under_object(Cluster& cluster, Exchange& exchange, const Subresource& part) {
  // These show the whole object too, and let a part of it be written.
  const bool shows_all = part.name == "status" || part.name == "ephemeralcontainers" || part.name == "resize";
  if (shows_all) return status_verb(cluster, exchange);
  if (is_door(part.name)) return handle_subresource(cluster, exchange);
  if (exchange.request.method == "HEAD" || !has(part.verbs, exchange.info.verb)) {
    return tl::unexpected(method_not_allowed());
  }
  return handle_subresource(cluster, exchange);
}

// Custom resources are routed by name: what they have not is missing, not unknown.
Answer unknown_part(const Exchange& exchange) {
  if (exchange.resource->custom) return tl::unexpected(not_found(*exchange.resource, exchange.info.name));
  return from_reply(not_served_reply(exchange.request.path, *exchange.registry));
}

Answer resource_answer(Cluster& cluster, Exchange& exchange) {
  const RequestInfo& info = exchange.info;
  if (auto error = check_timeout(exchange)) return tl::unexpected(std::move(*error));
  exchange.resource = exchange.registry->find(info.group, info.version, info.resource);
  const bool misplaced = exchange.resource != nullptr && exchange.resource->stored() &&
                         ((exchange.resource->namespaced && info.ns.empty() && info.verb != "list" &&
                           info.verb != "watch" && !info.name.empty()) ||
                          (!exchange.resource->namespaced && !info.ns.empty() && info.resource != "namespaces"));
  if (exchange.resource == nullptr || misplaced) {
    return from_reply(not_served_reply(exchange.request.path, *exchange.registry));
  }
  if (info.resource == "endpoints" && info.group.empty()) {
    exchange.warnings.emplace_back("v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice");
  }
  // A path of a Namespace names it twice.
  if (info.resource == "namespaces" && info.group.empty()) exchange.info.ns.clear();
  // Everything of it is of one namespace, and only lists look into all.
  const bool homeless = exchange.resource->custom && exchange.resource->namespaced && info.ns.empty();
  if (homeless && info.verb != "list" && info.verb != "watch") return from_reply(page_not_found());
  const auto accepted = negotiate(accepted_types(exchange));
  if (!accepted && !is_door(info.subresource)) return unacceptable(exchange);
  if (accepted) exchange.accepted = *accepted;
  const Subresource* part = info.subresource.empty() ? nullptr : exchange.resource->subresource(info.subresource);
  if (!info.subresource.empty() && part == nullptr) return unknown_part(exchange);
  if (!is_door(info.subresource)) {
    if (auto error = check_media_type(exchange)) return tl::unexpected(std::move(*error));
  }
  if (!exchange.resource->stored()) return review(cluster, exchange);
  if (part != nullptr) return under_object(cluster, exchange, *part);
  if (!exchange.resource->has_verb(info.verb)) return tl::unexpected(unsupported_verb(exchange));
  return main_verb(cluster, exchange);
}

ApiResponse discovery(const Cluster& cluster, const Exchange& exchange) {
  const ApiRequest& request = exchange.request;
  if (request.path.find("//") != std::string::npos) return from_reply(page_not_found());
  const DiscoveryRequest asked{.path = request.path,
                               .accept = exchange.header("accept"),
                               .if_none_match = exchange.header("if-none-match"),
                               .verbose = request.query.contains("verbose"),
                               .method = request.method};
  ServerFacts facts{.git_version = cluster.settings.git_version, .key_set = cluster.signer.key_set()};
  if (const std::string host = exchange.header("host"); !host.empty()) facts.address = host;
  if (auto reply = discovery_reply(asked, *exchange.registry, facts)) return from_reply(*reply);
  return from_reply(not_served_reply(request.path, *exchange.registry));
}

std::string encoded_query(const ApiRequest& request) {
  std::string text;
  for (const auto& [key, value] : request.query) text += fmt::format("{}{}={}", text.empty() ? "?" : "&", key, value);
  return text;
}

void note(const Exchange& exchange, const ApiResponse& response, AuditEntry& audit) {
  const RequestInfo& info = exchange.info;
  audit.verb = info.verb;
  audit.request_uri = exchange.request.path + encoded_query(exchange.request);
  audit.user_agent = exchange.header("user-agent");
  audit.user = exchange.user.name;
  if (info.resource_request) {
    audit.resource = resource_text({info.group, info.resource});
    if (!info.subresource.empty()) audit.resource += "/" + info.subresource;
  }
  audit.ns = info.ns;
  audit.name = info.name;
  audit.code = response.status;
}

ApiResponse answer(Cluster& cluster, Exchange& exchange, const User* as) {
  if (as != nullptr) {
    exchange.user = *as;
  } else {
    auto user = who_asks(cluster, exchange.request, exchange.info);
    if (!user) return from_reply(user.error());
    note_token_use(cluster, exchange.request);
    exchange.user = std::move(*user);
    const Decision decision = authorize(exchange.user, exchange.info, cluster.store);
    if (!decision.allowed) return from_reply(forbidden(exchange.user, exchange.info, decision.reason));
  }
  if (!exchange.info.resource_request) return discovery(cluster, exchange);
  try {
    const Answer found = resource_answer(cluster, exchange);
    return found ? *found : error_answer(found.error());
  } catch (const std::exception& error) {
    return error_answer(internal_error(fmt::format("Internal error occurred: {}", error.what())));
  }
}

}  // namespace

ApiResponse answer_request(Cluster& cluster, const ApiRequest& given, const User* as, AuditEntry& audit) {
  const std::optional<ApiRequest> readable = in_json(given);
  const ApiRequest& request = readable ? *readable : given;
  Exchange exchange{.request = request};
  exchange.info = request_info(request.method, request.path, request.query);
  exchange.registry = cluster.registry();
  ApiResponse response = answer(cluster, exchange, as);
  response.headers.emplace("Audit-Id", cluster.new_uid());
  if (!response.headers.contains("Cache-Control")) response.headers.emplace("Cache-Control", "no-cache, private");
  for (const std::string& warning : exchange.warnings) {
    response.headers.emplace("Warning", fmt::format("299 - {}", json(warning).dump()));
  }
  note(exchange, response, audit);
  return response;
}

}  // namespace mesh::simulator
