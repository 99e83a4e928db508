#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/model/plan.h"

namespace mesh {

/// What keeps actions from being carried out. `peer` empty: it concerns all that the plan writes in the cluster; else
/// only what is written there for that peer, and the other way round.
struct Hold {
  std::string cluster = {};
  std::string peer = {};
  /// A clause: `check network-injector found an error`.
  std::string why = {};
};

/// Makes what the holds concern unknown, and what needs an unknown action with it: the schedule would skip that, and
/// the plan must not promise it. Removals in other clusters go on. Trouble of one cluster stays there.
void hold_back(Plan& plan, const std::vector<Hold>& holds);

/// The same for clusters with errors: nothing of such a cluster can be called planned, what is as desired included.
/// Moves the problems into the plan's diagnostics, as warnings where they hold back, for the rest of the plan is right;
/// those that refuse the whole plan stay errors.
void hold_clusters(Plan& plan, const std::map<std::string, Diagnostics>& problems);

/// Whether an error is about the whole plan, in whichever cluster it was seen: protection, two names of one cluster,
/// bugs.
bool refuses_plan(const Diagnostic& problem);

}  // namespace mesh
