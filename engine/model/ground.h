#pragma once

#include "engine/model/change.h"
#include "engine/model/object.h"

namespace mesh {

/// What a plan remembers of an object to recognise it. The digest covers the body and who owns what, but not status,
/// resourceVersion, generation, times, the scale of a Deployment, or what Kubernetes' own controllers wrote: their work
/// does not move the ground.
Ground ground_of(const Object& object);

/// Who changed the object since, as far as managedFields tells: the manager with the newest time, for messages.
std::optional<FieldOwner> newest_writer(const Object& object);

}  // namespace mesh
