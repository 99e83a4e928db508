#pragma once

#include <nlohmann/json.hpp>
#include <vector>

#include "engine/model/desired_state.h"
#include "engine/plan/diff/fields_diff.h"

namespace mesh {

/// `apiVersion`, `kind`, `metadata.name` and `.namespace`: applied alone it gives up all that we own.
nlohmann::json identity_body(const ObjectId& id);

/// The body without the two labels that say that mesh made the object.
nlohmann::json without_mesh_labels(const nlohmann::json& body);

/// The body as a plan carries it: known references filled in, null for what the apply has to fill in (sensitive values,
/// references known after apply), no other null.
nlohmann::json planned_body(const DesiredObject& desired, const nlohmann::json& body,
                            const std::vector<ResolvedReference>& references);

}  // namespace mesh
