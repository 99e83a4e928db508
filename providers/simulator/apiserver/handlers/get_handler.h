#pragma once

#include "providers/simulator/apiserver/handlers/object_response.h"

namespace mesh::simulator {

/// GET of one object. Errors: 404, 504 for a resourceVersion that is still to come.
Answer get_object(Cluster& cluster, Exchange& exchange);

/// GET of a list, whole or in pages. Errors: 410 when the version of a page is forgotten, besides those of the options.
Answer list_objects(Cluster& cluster, Exchange& exchange);

/// The query's resourceVersion; 0 when it is empty. Errors: `code` when it is no number.
ApiResult<std::uint64_t> version_number(const std::string& text, int code);

}  // namespace mesh::simulator
