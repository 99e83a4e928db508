#pragma once

#include <memory>
#include <string>
#include <vector>

#include "providers/simulator/apimachinery/errors/api_error.h"
#include "providers/simulator/apiserver/authentication/user.h"
#include "providers/simulator/apiserver/registry/registry.h"
#include "providers/simulator/apiserver/request/accept.h"
#include "providers/simulator/apiserver/request/message.h"
#include "providers/simulator/apiserver/request/request_info.h"

namespace mesh::simulator {

/// A request for a resource on its way through the server.
struct Exchange {
  const ApiRequest& request;
  RequestInfo info{};
  User user{};
  std::shared_ptr<const Registry> registry{};
  const ResourceInfo* resource = nullptr;
  Form form = Form::object;
  /// For `Warning: 299 - "…"`.
  std::vector<std::string> warnings{};

  /// "secrets", "deployments.apps": the store's name of the resource.
  std::string stored_as() const { return resource_text(resource->name()); }
  std::string api_version() const { return resource->api_version(info.version); }
  std::string storage_version() const { return resource->api_version(resource->storage_version); }
  /// The query parameter, "" when absent; the first one when given twice.
  std::string parameter(const std::string& name) const;
  /// Whether it is there and does not say false.
  bool flag(const std::string& name) const;
  /// Nothing when it is absent or empty. Errors: 400.
  ApiResult<std::optional<std::int64_t>> integer(const std::string& name) const;
  std::string header(const std::string& name) const;
};

/// {name, group, kind} of a Status; what is empty is left out.
nlohmann::json details_of(const std::string& group, const std::string& resource, const std::string& name);
/// 404 with a Status: `configmaps "x" not found`.
ApiError not_found(const ResourceInfo& resource, const std::string& name);
ApiError not_found(const std::string& group, const std::string& resource, const std::string& name);
/// 403: `configmaps "x" is forbidden: WHY`.
ApiError forbidden_object(const std::string& group, const std::string& resource, const std::string& name,
                          const std::string& why);
/// 405.
ApiError method_not_allowed();
/// 404: a path inside of a group that is served.
ApiError not_served();

}  // namespace mesh::simulator
