#pragma once

#include <functional>
#include <string>

#include "engine/base/result.h"
#include "engine/model/snapshot.h"
#include "engine/workspace/env.h"

namespace mesh {

/// Changes the record of the last apply by hand, for what no apply can do: a snapshot like the last one but for what
/// `edit` changes. `edit` may run again, on a newer one that others recorded meanwhile. `subject`: what the history
/// says. Adds warnings, and answers the commit. Errors: those of read_spec, of `edit` (then nothing is recorded), and
/// state_unusable.
Result<std::string> edit_state(const std::string& spec_file, const std::string& subject,
                               const std::function<Result<void>(Snapshot&)>& edit, Diagnostics& warnings, Env& env);

/// Ends the protection that the last snapshot keeps. Errors: protected_cluster while the spec has `protect`; usage for
/// a cluster that is not known or not protected.
Result<std::string> unprotect(const std::string& spec_file, const std::string& cluster, Diagnostics& warnings,
                              Env& env);

/// Drops what the last snapshot knows of a cluster that is gone from the spec. Errors: usage for a cluster that the
/// spec has or the snapshot has not.
Result<std::string> forget(const std::string& spec_file, const std::string& cluster, Diagnostics& warnings, Env& env);

}  // namespace mesh
