#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "providers/kubernetes/transport/http.h"

namespace mesh::kubernetes {

/// What a gzip stream (RFC 1952) holds. Errors: truncated, also for bytes that are none; too_large beyond `largest`
/// bytes.
tl::expected<std::string, TransportError> gunzip(std::string_view packed, std::size_t largest);

}  // namespace mesh::kubernetes
