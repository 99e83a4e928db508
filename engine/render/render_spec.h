#pragma once

#include <string>

#include "engine/model/init/spec_proposal.h"

namespace mesh {

/// The proposal as TOML with comments, keys in the order of the manual. A value that the spec defaults to is left out;
/// with something to say about it, it is a comment. A doubt begins with `check:` on a line above its key; where a value
/// was read stands behind it. Pure; loading the text gives the spec of the proposal.
std::string render_spec(const SpecProposal& proposal);

}  // namespace mesh
