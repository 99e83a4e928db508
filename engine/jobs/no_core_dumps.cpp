#include "engine/jobs/no_core_dumps.h"

#include <sys/prctl.h>
#include <sys/resource.h>

namespace mesh {

void forbid_core_dumps() {
  const rlimit none{.rlim_cur = 0, .rlim_max = 0};
  setrlimit(RLIMIT_CORE, &none);
#ifndef MESH_SANITIZED
  // The leak sanitizer reads this process as another one does. A pattern that pipes cores to a program ignores the
  // limit.
  prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}

}  // namespace mesh
