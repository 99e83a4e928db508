#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/model/change.h"
#include "engine/model/object.h"

namespace mesh {

/// What a plan remembers of an object to recognise it. The digest covers the body and who owns what, but not status,
/// resourceVersion, generation, times, the scale of a Deployment, or what Kubernetes' own controllers wrote: their work
/// does not move the ground.
Ground ground_of(const Object& object);

/// Who changed the object since, as far as managedFields tells: the manager with the newest time, for messages. Of two
/// with the same time it is the one that is not `own`.
std::optional<FieldOwner> newest_writer(const Object& object, std::string_view own);

/// The same as words to put behind others: `, last written by kubectl-edit at 2026-11-22T09:54:00Z`, or nothing.
std::string by_whom(const Object& object, std::string_view own);

/// An object of a cluster is not what the plan read (ground_moved); `cause` says how.
Diagnostic ground_moved(const std::string& cluster, const ObjectId& id, const std::string& cause);

}  // namespace mesh
