#include "providers/simulator/apiserver/request/exchange.h"

#include <fmt/format.h>

#include <charconv>

namespace mesh::simulator {

using nlohmann::json;

std::string Exchange::parameter(const std::string& name) const {
  const auto found = request.query.find(name);
  return found == request.query.end() ? "" : found->second;
}

bool Exchange::flag(const std::string& name) const {
  const std::string text = parameter(name);
  return request.query.contains(name) && text != "false" && text != "False" && text != "FALSE" && text != "0";
}

ApiResult<std::optional<std::int64_t>> Exchange::integer(const std::string& name) const {
  const std::string text = parameter(name);
  if (text.empty()) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error == std::errc() && end == text.data() + text.size()) return value;
  return tl::unexpected(bad_request(fmt::format("strconv.ParseInt: parsing {}: invalid syntax", json(text).dump())));
}

std::string Exchange::header(const std::string& name) const {
  const auto found = request.headers.find(name);
  return found == request.headers.end() ? "" : found->second;
}

json details_of(const std::string& group, const std::string& resource, const std::string& name) {
  json details = json::object();
  if (!name.empty()) details["name"] = name;
  if (!group.empty()) details["group"] = group;
  details["kind"] = resource;
  return details;
}

ApiError not_found(const std::string& group, const std::string& resource, const std::string& name) {
  return {.code = 404,
          .reason = "NotFound",
          .message = fmt::format("{} \"{}\" not found", resource_text({group, resource}), name),
          .details = details_of(group, resource, name)};
}

ApiError not_found(const ResourceInfo& resource, const std::string& name) {
  return not_found(resource.group, resource.plural, name);
}

ApiError forbidden_object(const std::string& group, const std::string& resource, const std::string& name,
                          const std::string& why) {
  return {.code = 403,
          .reason = "Forbidden",
          .message = fmt::format("{} \"{}\" is forbidden: {}", resource_text({group, resource}), name, why),
          .details = details_of(group, resource, name)};
}

ApiError method_not_allowed() {
  return {.code = 405,
          .reason = "MethodNotAllowed",
          .message = "the server does not allow this method on the requested resource",
          .details = json::object()};
}

ApiError not_served() {
  return {.code = 404,
          .reason = "NotFound",
          .message = "the server could not find the requested resource",
          .details = json::object()};
}

}  // namespace mesh::simulator
