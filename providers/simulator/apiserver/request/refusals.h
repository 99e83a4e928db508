#pragma once

#include <optional>
#include <string>

#include "providers/simulator/apiserver/request/exchange.h"

namespace mesh::simulator {

// What a request is refused for before its verb is looked at.

/// 415: a body of a type that nobody reads. Patches have types of their own.
std::optional<ApiError> check_media_type(const Exchange& exchange);
/// 400: the query's `timeout` is no duration.
std::optional<ApiError> check_timeout(const Exchange& exchange);
/// 405. Custom resources know every verb, and say of which of them they do not have it.
ApiError unsupported_verb(const Exchange& exchange);
/// The Accept header. Custom resources are not routed by media type, so that half a wildcard does for them.
std::string accepted_types(const Exchange& exchange);
/// 406: none of the forms that the client accepts can be had.
ApiResponse unacceptable(const Exchange& exchange);

}  // namespace mesh::simulator
