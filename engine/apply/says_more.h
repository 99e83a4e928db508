#pragma once

#include <optional>

#include "engine/model/snapshot.h"

namespace mesh {

/// Whether a snapshot says something else of what is applied than the one before: spec, clusters or objects. When it
/// was made, and what answered then, does not count. `complete`: every cluster was read; otherwise only objects tell,
/// for nothing confirms the rest.
bool says_more(const Snapshot& now, const std::optional<Snapshot>& before, bool complete);

}  // namespace mesh
