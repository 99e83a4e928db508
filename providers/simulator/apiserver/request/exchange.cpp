#include "providers/simulator/apiserver/request/exchange.h"

#include <fmt/format.h>

namespace mesh::simulator {

using nlohmann::json;

std::string Exchange::parameter(const std::string& name) const {
  const auto found = request.query.find(name);
  return found == request.query.end() ? "" : found->second;
}

std::string Exchange::header(const std::string& name) const {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? "" : found->second;
}

namespace {

json details_of(const std::string& group, const std::string& resource, const std::string& name) {
  json details = json::object();
  if (!name.empty()) details["name"] = name;
  if (!group.empty()) details["group"] = group;
  details["kind"] = resource;
  return details;
}

}  // namespace

ApiError not_found(const std::string& group, const std::string& resource, const std::string& name) {
  return {.code = 404,
          .reason = "NotFound",
          .message = fmt::format("{} \"{}\" not found", resource_text({group, resource}), name),
          .details = details_of(group, resource, name)};
}

ApiError not_found(const ResourceInfo& resource, const std::string& name) {
  return not_found(resource.group, resource.plural, name);
}

ApiError forbidden_object(const ResourceInfo& resource, const std::string& name, const std::string& why) {
  return {.code = 403,
          .reason = "Forbidden",
          .message = fmt::format("{} \"{}\" is forbidden: {}", resource_text(resource.name()), name, why),
          .details = details_of(resource.group, resource.plural, name)};
}

ApiError method_not_allowed() {
  return {.code = 405,
          .reason = "MethodNotAllowed",
          .message = "the server does not allow this method on the requested resource",
          .details = json::object()};
}

}  // namespace mesh::simulator
