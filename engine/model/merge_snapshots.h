#pragma once

#include "engine/model/snapshot.h"

namespace mesh {

/// Two snapshots that both began on `base`, as one. Of each object and tombstone it has what the one that changed it
/// says; where both did, what `later` says. A cluster's status is of the one that saw it last; one that `later` does
/// not know comes with the spec that describes it, as a tombstone would. Spec, plan, report, digests and time are of
/// `later`.
Snapshot merge_snapshots(const Snapshot& base, const Snapshot& earlier, const Snapshot& later);

}  // namespace mesh
