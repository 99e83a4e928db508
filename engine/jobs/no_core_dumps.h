#pragma once

namespace mesh {

/// From here on this process leaves no core dump, and no other process of its user reads its memory: it holds
/// credentials. The programs that it starts leave none either.
void forbid_core_dumps();

}  // namespace mesh
