#pragma once

#include "engine/load/draft.h"
#include "engine/load/problems.h"
#include "engine/model/platform.h"

namespace mesh {

/// Reports what is wrong between fields and between clusters: platforms and what they offer, ids, networks, peers,
/// bounds, addresses that cannot be dialled.
void check_rules(const SpecDraft& spec, const PlatformSet& platforms, Problems& problems);

// The rules that look at more than one cluster.
void check_ids(const SpecDraft& spec, Problems& problems);
void check_networks(const SpecDraft& spec, Problems& problems);
void check_peers(const SpecDraft& spec, Problems& problems);

}  // namespace mesh
