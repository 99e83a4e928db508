#pragma once

#include <stop_token>

#include "engine/model/plan.h"
#include "engine/model/report.h"
#include "engine/port/clock.h"
#include "engine/port/progress.h"
#include "engine/port/provider.h"

namespace mesh {

struct ApplyLimits {
  /// Actions under way at once, in all and per cluster written to.
  int parallelism = 256;
  int per_cluster = 32;
  /// Once so many actions have failed nothing new starts; 0: however many.
  int max_failures = 0;
  /// Clusters whose gateways are changed at once, each healthy before the next; 0: all.
  int batch = 0;
};

/// Carries the plan out in dependency order over all clusters at once. A failed action skips those that need it, the
/// rest goes on. After a stop nothing new starts; what runs is finished or recorded as cancelled. Unknown actions, and
/// those that need one, are skipped.
Report apply_plan(const Plan& plan, Provider& provider, Progress& progress, Clock& clock, const ApplyLimits& limits,
                  std::stop_token stop);

}  // namespace mesh
