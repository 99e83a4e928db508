#pragma once

#include <functional>
#include <optional>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/render/style.h"

namespace mesh {

/// The text of a line (from 1) of a file, if it is at hand: the spec, mostly.
using SourceLine = std::function<std::optional<std::string>(const Position&)>;

/// One block per diagnostic: place, severity and code, summary; the source line with a caret; cause; hint alone on its
/// line.
std::string render_diagnostics(const Diagnostics& diagnostics, Color color, const SourceLine& source_line = {});

}  // namespace mesh
