#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "providers/simulator/apiserver/handlers/draft.h"

namespace mesh::simulator {

// What creates, updates and patches share.

/// The body of a create or update, decoded, with defaults. Warnings go into the exchange.
ApiResult<nlohmann::json> read_body(Draft& draft);
/// The same for what a patch made of an object.
ApiResult<nlohmann::json> settle_body(Draft& draft, const nlohmann::json& object);

/// 400 when the object names another object or namespace than the path; fills the namespace in when it names none.
std::optional<ApiError> check_identity(const Exchange& exchange, nlohmann::json& object);
/// The same for the namespace alone: a new object's name may be generated.
std::optional<ApiError> check_namespace(const Exchange& exchange, nlohmann::json& object);
/// 404 or 403 when nothing can be created in the namespace.
std::optional<ApiError> check_home(const Draft& draft, const std::string& name);
/// 403 when the user may not create, whose request was for another verb.
std::optional<ApiError> check_may_create(const Draft& draft);

/// PUT of what does not exist creates it, for some kinds.
bool creates_on_update(const ResourceInfo& resource);
/// PUT may leave resourceVersion out, for most kinds.
bool updates_unconditionally(const ResourceInfo& resource);
/// An object that is stored nowhere: a dry run's result.
StoredPtr unstored(const std::string& resource, nlohmann::json object);

}  // namespace mesh::simulator
