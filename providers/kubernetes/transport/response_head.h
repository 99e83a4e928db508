#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "providers/kubernetes/transport/http.h"

namespace mesh::kubernetes {

/// The status line and headers of an HTTP/1.1 answer, up to and without the empty line. Nothing: not HTTP.
std::optional<HttpResponse> parse_head(std::string_view head);

/// The body out of the bytes behind a head, by Content-Length or in chunks. Nothing: more bytes are needed. Without
/// either header the body ends with the connection: `closed` says that it did.
std::optional<std::string> parse_body(const HttpResponse& head, std::string_view bytes, bool closed);

}  // namespace mesh::kubernetes
