#pragma once

#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/model/desired_state.h"
#include "engine/model/field_schema.h"
#include "engine/model/report.h"
#include "engine/model/rewritten_field.h"

namespace mesh {

/// Adds to the report what the API servers stored otherwise than it was sent, with a warning at each action: the
/// differences that the next plan would see in the answers to the writes, before another client changes the objects.
/// Drops the answers.
void add_rewritten(Report& report, const std::string& mesh, const DesiredState& desired, const FieldSchemas& schemas);

/// Desires what the API server stores in place of what it stored otherwise before, as long as the spec still asks for
/// what was sent then: to send it again would change nothing.
void accept_rewritten(DesiredState& desired, const std::vector<RewrittenField>& fields);

}  // namespace mesh
