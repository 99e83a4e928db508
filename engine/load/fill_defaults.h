#pragma once

#include <filesystem>
#include <string>

#include "engine/load/draft.h"
#include "engine/model/spec.h"

namespace mesh {

/// The draft with every default filled in and every path resolved. Needs a draft without problems. `file` is the name
/// for positions, `folder` what relative paths start from.
Spec fill_defaults(const SpecDraft& draft, const std::string& file, const std::filesystem::path& folder);

}  // namespace mesh
