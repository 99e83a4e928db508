#pragma once

#include <string>

#include "engine/model/change.h"
#include "engine/render/paint.h"

namespace mesh {

/// The lines of one object below its action: what happens to it, then its fields. Empty for an object that stays.
std::string render_object(const ObjectChange& change, const Paint& paint);

}  // namespace mesh
