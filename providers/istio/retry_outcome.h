#pragma once

#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include "engine/model/change.h"
#include "engine/model/field_path.h"
#include "engine/model/object.h"

namespace mesh::istio {

// A write may take effect though its answer is lost, and is sent again. What the object tells then.

/// Whether the newest change is an apply of that manager with exactly these fields: what it sent is there, and who
/// changed one of them since would own it now. A body without fields gives all of them up.
bool was_applied(const Object& object, nlohmann::json body, std::string_view manager);

/// Whether nobody wrote the object before that manager applied it: then it made it.
bool was_created(const Object& object, std::string_view manager);

/// Whether these fields are gone, or have their value. Of a Secret that is known by ownership alone.
bool was_patched(const Object& object, const std::vector<ForeignField>& fields);

}  // namespace mesh::istio
