#include "providers/simulator/apiserver/handlers/writing.h"

#include <fmt/format.h>
#include <algorithm>
#include <array>

#include "providers/simulator/apimachinery/schema/defaults.h"
#include "providers/simulator/apimachinery/serializer/decode.h"
#include "providers/simulator/apiserver/authorization/rbac.h"
#include "providers/simulator/apiserver/registry/kinds.h"
#include "providers/simulator/objects/fields.h"

namespace mesh::simulator {

using nlohmann::json;

namespace {

ApiResult<json> finish(Draft& draft, ApiResult<Decoded> decoded) {
  if (!decoded) return tl::unexpected(decoded.error());
  for (std::string& warning : decoded->warnings) draft.exchange.warnings.push_back(std::move(warning));
  json object = std::move(decoded->object);
  if (!object["metadata"].is_object()) object["metadata"] = json::object();
  fill_in(draft, object);
  set_defaults(draft.write, object);
  return object;
}

bool is_one_of(const std::string& text, std::initializer_list<const char*> names) {
  return std::any_of(names.begin(), names.end(), [&](const char* name) { return text == name; });
}

}  // namespace

ApiResult<json> read_body(Draft& draft) {
  const std::string type = draft.exchange.header("content-type");
  const bool yaml = type.find("yaml") != std::string::npos;
  return finish(draft, decode_object(draft.write, draft.exchange.request.body, draft.options.validation, yaml));
}

ApiResult<json> settle_body(Draft& draft, const json& object) {
  return finish(draft, decode_object(draft.write, object, draft.options.validation));
}

std::optional<ApiError> check_namespace(const Exchange& exchange, json& object) {
  json& metadata = object["metadata"];
  if (!exchange.resource->namespaced) {
    metadata.erase("namespace");
    return std::nullopt;
  }
  const std::string given = metadata.value("namespace", "");
  if (given.empty()) metadata["namespace"] = exchange.info.ns;
  if (given.empty() || given == exchange.info.ns) return std::nullopt;
  return bad_request("the namespace of the provided object does not match the namespace sent on the request");
}

std::optional<ApiError> check_identity(const Exchange& exchange, json& object) {
  const std::string name = name_of(object);
  if (name.empty()) {
    return bad_request(fmt::format("the name of the object ({} based on URL) was undeterminable: name must be provided",
                                   exchange.info.name));
  }
  if (name != exchange.info.name) {
    return bad_request(
        fmt::format("the name of the object ({}) does not match the name on the URL ({})", name, exchange.info.name));
  }
  return check_namespace(exchange, object);
}

std::optional<ApiError> check_home(const Draft& draft, const std::string& name) {
  const Exchange& exchange = draft.exchange;
  if (!exchange.resource->namespaced) return std::nullopt;
  const std::string& ns = exchange.info.ns;
  const StoredPtr home = draft.cluster.store.find("namespaces", "", ns);
  if (!home) return not_found("", "namespaces", ns);
  if (!home->deleting) return std::nullopt;
  ApiError error =
      forbidden_object(exchange.resource->group, exchange.resource->plural, name,
                       fmt::format("unable to create new content in namespace {} because it is being terminated", ns));
  error.details["causes"] = json::array({{{"reason", "NamespaceTerminating"},
                                          {"message", fmt::format("namespace {} is being terminated", ns)},
                                          {"field", "metadata.namespace"}}});
  return error;
}

std::optional<ApiError> check_may_create(const Draft& draft) {
  const User& user = draft.exchange.user;
  RequestInfo info = draft.exchange.info;
  info.verb = "create";
  const Decision decision = authorize(user, info, draft.cluster.store);
  if (decision.allowed) return std::nullopt;
  return forbidden(user, info, decision.reason);
}

bool creates_on_update(const ResourceInfo& resource) {
  return is_one_of(resource_text(resource.name()),
                   {"services", "endpoints", "events", "leases.coordination.k8s.io", "roles.rbac.authorization.k8s.io",
                    "rolebindings.rbac.authorization.k8s.io", "clusterroles.rbac.authorization.k8s.io",
                    "clusterrolebindings.rbac.authorization.k8s.io"});
}

bool updates_unconditionally(const ResourceInfo& resource) {
  return !resource.custom &&
         !is_one_of(resource_text(resource.name()), {"poddisruptionbudgets.policy", "leases.coordination.k8s.io",
                                                     "mutatingwebhookconfigurations.admissionregistration.k8s.io",
                                                     "validatingwebhookconfigurations.admissionregistration.k8s.io",
                                                     "customresourcedefinitions.apiextensions.k8s.io"});
}

StoredPtr unstored(const std::string& resource, json object) {
  const std::string version = text(object, {"metadata", "resourceVersion"});
  return make_stored(resource, std::move(object), std::strtoull(version.c_str(), nullptr, 10));
}

}  // namespace mesh::simulator
