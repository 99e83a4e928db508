#pragma once

#include "providers/simulator/apiserver/handlers/object_response.h"

namespace mesh::simulator {

/// GET with watch=true: an answer whose stream has events {"type":…,"object":…} and a newline each. Bookmarks come each
/// minute and before timeoutSeconds end, when asked for. A version that is forgotten gives the event ERROR with 410.
/// Errors: 500 for a resourceVersion that is no number, and those of the options.
Answer watch_objects(Cluster& cluster, Exchange& exchange);

}  // namespace mesh::simulator
